import { mkdir, writeFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'

const folder = resolve(import.meta.dirname, '..', '..', 'test-results')

/** Writes the figures of a harness as JSON into `test-results/`; returns the path. */
export async function writeResults(name: string, results: unknown): Promise<string> {
  await mkdir(folder, { recursive: true })
  const path = join(folder, `${name}.json`)
  await writeFile(path, JSON.stringify(results, null, 2) + '\n')
  return path
}
