import type { Axis } from '../../shared/array'
import type { Dataset } from '../../shared/dataset'
import { FiligreeError } from '../../shared/failure'

/** What a person may change of a mode. */
export type AxisEdit = Pick<Axis, 'name' | 'unit' | 'coordinates'>

/** The axes of a tensor with new names, units and coordinates. Throws `invalid-parameter` that says what does not fit. */
export function editedAxes(dataset: Dataset, edits: readonly AxisEdit[]): Axis[] {
  if (dataset.kind !== 'tensor') {
    throw new FiligreeError(
      'invalid-parameter',
      `${dataset.name} is a ${dataset.kind}; only the modes of tensors have names that can be changed.`,
    )
  }
  if (edits.length !== dataset.axes.length) {
    throw new FiligreeError(
      'invalid-parameter',
      `${dataset.name} has ${dataset.axes.length} modes, not ${edits.length}.`,
    )
  }
  const names = edits.map(({ name }) => name.trim())
  return dataset.axes.map((axis, mode) => {
    const edit = edits[mode]
    const name = names[mode] ?? ''
    if (edit === undefined || name === '') {
      throw new FiligreeError('invalid-parameter', `Mode ${mode + 1} needs a name.`, { field: 'name' })
    }
    if (names.indexOf(name) !== mode) {
      throw new FiligreeError('invalid-parameter', `Two modes are called “${name}”.`, { field: 'name' })
    }
    const { coordinates } = edit
    if (coordinates !== null && coordinates.length !== axis.size) {
      throw new FiligreeError(
        'invalid-parameter',
        `${name} has ${axis.size} entries, but ${coordinates.length} coordinates were given.`,
        { field: 'coordinates' },
      )
    }
    const unit = edit.unit?.trim() ?? ''
    return { ...axis, name, unit: unit === '' ? null : unit, coordinates }
  })
}
