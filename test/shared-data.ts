import { resolve } from 'node:path'
import { describe, test } from 'vitest'
import { missingSharedData, missingWords, sharedDataFolder } from './shared-data-files'

export { missingSharedData, sharedData, sharedDataFolder } from './shared-data-files'

/** A title that names what is missing, as skipped tests carry it. */
export function titleWithMissing(title: string, missing: readonly string[]): string {
  return missing.length === 0 ? title : `${title} (skipped: ${missingWords(missing)})`
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
