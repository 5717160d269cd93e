import { FiligreeError } from '../../../shared/failure'
import { kernelOfInputs, readKernel } from '../../../shared/kernel-expression'
import type { TableValue } from '../../../shared/method'
import type { HoldOutChoice } from './parameters'
import { checkTable, inputNames } from './table-input'

/**
 * A kernel as the addon takes it: inputs that were named are numbered. Throws 'invalid-parameter' for what can not be
 * read, and for inputs that the table does not have.
 */
export function kernelInput(table: TableValue, kernel: string): string {
  const read = readKernel(kernel)
  if ('problem' in read) throw refused(read.problem)
  const names = inputNames(table.dataset)
  const made = kernelOfInputs(read.kernel, names)
  if ('problem' in made) {
    throw refused(
      `For '${table.dataset.name}' the kernel “${kernel}” does not do: ${made.problem}. Its inputs are ${names
        .map((name, index) => `${index + 1} ${name}`)
        .slice(0, 12)
        .join(', ')}${names.length > 12 ? ', …' : ''}.`,
    )
  }
  return made.text
}

/** Refuses, before anything is queued, a table that no fit can use and a kernel that does not fit the table. */
export function checkFit(table: TableValue, parameters: HoldOutChoice & { kernel: string }): void {
  checkTable(table, parameters)
  kernelInput(table, parameters.kernel)
}

function refused(message: string): FiligreeError {
  return new FiligreeError('invalid-parameter', message, { field: 'kernel' })
}
