import type { ArraySource } from '../../../shared/array'
import type { MatrixValue } from '../../../shared/method'
import type { SystemInput } from '../native'

/** A matrix dataset, with what belongs to its system or sequence of systems, as the addon takes it. */
export function systemInput({ dataset, source, parts }: MatrixValue): SystemInput {
  const needed = (part: string): ArraySource => {
    const found = parts[part]
    if (found === undefined) throw new Error(`The matrix ${dataset.id} has no '${part}'.`)
    return found
  }
  return {
    values: source,
    rowPointers: needed('rows'),
    columnIndices: needed('columns'),
    columns: dataset.axes[1]?.size ?? 0,
    rightHandSide: parts['rightHandSide'] ?? null,
    knownSolution: parts['knownSolution'] ?? null,
    nearNullSpace: parts['nearNullSpace'] ?? null,
    parameters: parts['parameters'] ?? null,
  }
}

/** Systems in a matrix dataset: more than one in a sequence. */
export function systemCount({ parts }: Pick<MatrixValue, 'parts'>): number {
  const pointers = parts['rows']?.shape ?? []
  return pointers.length === 2 ? (pointers[0] ?? 1) : 1
}
