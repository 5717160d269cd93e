import { existsSync } from 'node:fs'
import { resolve } from 'node:path'
import { describe, test } from 'vitest'

/**
 * Real scenes and matrices that tests may use but the project may not ship. They are looked for where
 * `FILIGREE_DATA` points, else in `../shared/data` beside the project; a test that misses its file is
 * skipped under a name that says which file it was.
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

/** A title that names what is missing, as skipped tests carry it. */
export function titleWithMissing(title: string, missing: readonly string[]): string {
  return missing.length === 0 ? title : `${title} (skipped: ${missing.join(', ')} not in FILIGREE_DATA)`
}

/**
 * `describe` for tests that need shared files: the body gets their paths, in order. Where one is missing
 * the whole block is skipped and its title says so; the body is not run, so it need not guard itself.
 */
export function describeWithData<const Names extends readonly string[]>(
  title: string,
  names: Names,
  body: (...paths: { [Index in keyof Names]: string }) => void,
): void {
  const missing = missingSharedData(names)
  if (missing.length > 0) {
    describe(titleWithMissing(title, missing), () => {
      test.skip('needs shared data', () => undefined)
    })
    return
  }
  describe(title, () => {
    body(...(names.map((name) => resolve(sharedDataFolder, name)) as { [Index in keyof Names]: string }))
  })
}
