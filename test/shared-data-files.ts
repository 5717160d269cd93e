import { existsSync } from 'node:fs'
import { resolve } from 'node:path'

/**
 * Real scenes and matrices that tests may use but the project may not ship. They are looked for where
 * `FILIGREE_DATA` points, else in `../shared/data` beside the project; a test that misses its file is
 * skipped under a name or with a reason that says which file it was.
 */
export const sharedDataFolder = resolve(
  process.env['FILIGREE_DATA'] ?? resolve(import.meta.dirname, '..', '..', 'shared', 'data'),
)

/** The absolute path of a shared file such as `unmixing/samson_1.mat`, or null where it is missing. */
export function sharedData(name: string): string | null {
  const path = resolve(sharedDataFolder, name)
  return existsSync(path) ? path : null
}

/** The files of a list that are not there. */
export function missingSharedData(names: readonly string[]): string[] {
  return names.filter((name) => sharedData(name) === null)
}

/** What skipped tests say. */
export function missingWords(missing: readonly string[]): string {
  return `${missing.join(', ')} not in FILIGREE_DATA`
}
