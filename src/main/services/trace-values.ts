import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { runFiles } from '../store/project-paths'
import { isMissing } from '../../shared/system-failure'

const words: Readonly<Record<string, number>> = { 'nan': NaN, 'inf': Infinity, '-inf': -Infinity }

/** The whole rows of a trace so far: iteration first. Works while the run is under way. */
export async function readTrace(folder: string): Promise<{ values: Float64Array; shape: [number, number] }> {
  const text = await readFile(join(folder, runFiles.trace), 'utf8').catch((error: unknown) => {
    if (isMissing(error)) return ''
    throw error
  })
  // What comes after the last line end is a row that is still being written.
  const [header, ...rows] = text.slice(0, Math.max(0, text.lastIndexOf('\n'))).split('\n')
  const columns = header === undefined || header === '' ? 0 : header.split(',').length
  const values = new Float64Array(rows.length * columns)
  rows.forEach((row, index) => {
    row.split(',').forEach((cell, column) => {
      values[index * columns + column] = words[cell] ?? Number(cell)
    })
  })
  return { values, shape: [columns === 0 ? 0 : rows.length, columns] }
}
