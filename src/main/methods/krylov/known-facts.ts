import type { MatrixValue, SolveContext } from '../../../shared/method'
import { callNative } from '../native'
import { matrixFacts, type MatrixFacts } from './matrix-facts'
import { systemInput } from './system-input'

/** Looks at one system of a matrix dataset, counted from 1. */
export async function knownFacts(
  matrix: MatrixValue,
  system: number,
  context: SolveContext,
): Promise<MatrixFacts> {
  const info = await callNative(context, (native, nativeContext) =>
    native.matrixFacts(systemInput(matrix), system - 1, nativeContext),
  )
  context.signal.throwIfAborted()
  return matrixFacts(info, matrix.parts['nearNullSpace'] !== undefined)
}
