import { chmodSync, existsSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { inProject, isWindows } from './project.mjs'

/**
 * Makes `npx filigree` work in the clone. npx looks into node_modules/.bin first and asks nobody when it finds
 * the command there; npm itself links the commands of dependencies only, never those of the project.
 */
export function linkCommand() {
  const folder = inProject('node_modules', '.bin')
  mkdirSync(folder, { recursive: true })
  const link = join(folder, 'filigree')
  if (existsSync(link)) return
  if (isWindows) {
    writeFileSync(`${link}.cmd`, '@node "%~dp0..\\..\\bin\\filigree.mjs" %*\r\n')
    return
  }
  chmodSync(inProject('bin', 'filigree.mjs'), 0o755)
  symlinkSync(join('..', '..', 'bin', 'filigree.mjs'), link)
}
