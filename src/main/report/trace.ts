import { readFile } from 'node:fs/promises'
import { join } from 'node:path'

/** The trace of a run: one row an iteration. */
export interface Trace {
  iterations: number[]
  /** Values of every column after `iteration`, by its name in the file. */
  columns: Map<string, number[]>
}

/** Reads `trace.csv` of a run folder; null where the run wrote none, or wrote only its header. */
export async function readTrace(runFolder: string): Promise<Trace | null> {
  let text: string
  try {
    text = await readFile(join(runFolder, 'trace.csv'), 'utf8')
  } catch (cause) {
    if (isMissing(cause)) return null
    throw cause
  }
  const [header = '', ...lines] = text.split(/\r?\n/).filter((line) => line !== '')
  if (lines.length === 0) return null
  const rows = lines.map((line) => line.split(',').map(readNumber))
  const columns = new Map<string, number[]>()
  header.split(',').forEach((name, column) => {
    columns.set(
      name,
      rows.map((row) => row[column] ?? Number.NaN),
    )
  })
  const iterations = columns.get('iteration') ?? rows.map((_, index) => index)
  columns.delete('iteration')
  return { iterations, columns }
}

/** True for the error of a file that is not there. */
export function isMissing(cause: unknown): boolean {
  return cause instanceof Error && 'code' in cause && (cause.code === 'ENOENT' || cause.code === 'ENOTDIR')
}

function readNumber(text: string): number {
  return text.trim() === '' ? Number.NaN : Number(text)
}
