import { readFile } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { parse } from 'csv-parse/sync'
import { FiligreeError } from '../../shared/failure'
import { writeNpy } from './npy-writer'
import { withFile } from './random-access-file'
import { counted } from './wording'

/** A table of parameters is a small file. */
const mostBytes = 256 * 1024 * 1024

/**
 * Reads a CSV with a row of numbers for each system, a heading may stand above, and writes it as `parameters.npy`
 * (system, parameter). Throws `invalid-data` where rows and systems are not as many, or a cell is no number.
 */
export async function readParameterTable(path: string, systems: number, folder: string): Promise<void> {
  const name = basename(path)
  await withFile(path, (file) => {
    if (file.bytes <= mostBytes) return Promise.resolve()
    throw new FiligreeError('invalid-file', `${name} is too large for a table of parameters.`)
  })
  const cells: string[][] = parse(await readFile(path, 'utf8'), {
    ...{ bom: true, trim: true, skip_empty_lines: true, relax_column_count: true, comment: '#' },
  })
  const isNumber = (cell: string) => cell !== '' && Number.isFinite(Number(cell))
  const headings = cells[0]?.every(isNumber) === false
  const rows = headings ? cells.slice(1) : cells
  if (rows.length !== systems) {
    throw new FiligreeError(
      'invalid-data',
      `${name} has ${counted(rows.length, 'row')} of parameters, and there are ${counted(systems, 'system')}. It needs a row for each, in the order of their names.`,
    )
  }
  const width = rows[0]?.length ?? 0
  const values = new Float64Array(systems * width)
  rows.forEach((row, system) => {
    if (row.length !== width || !row.every(isNumber)) {
      throw new FiligreeError(
        'invalid-data',
        `Row ${system + 1} of ${name} is “${row.join(', ').slice(0, 60)}”; ${counted(width, 'number')} should stand there.`,
      )
    }
    values.set(row.map(Number), system * width)
  })
  await writeNpy(join(folder, 'parameters.npy'), 'float64', [systems, width], values)
}
