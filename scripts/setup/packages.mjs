import { existsSync } from 'node:fs'
import { contentHash, inProject, isWindows, Stamp } from './project.mjs'
import { runStep } from './step.mjs'

const stamp = new Stamp('node_modules/.filigree-packages')

/** Installs exactly what the lock file says, when it says something new. No install script is run. */
export async function installPackages() {
  const hash = contentHash(['package.json', 'package-lock.json', '.npmrc'])
  const there = existsSync(inProject('node_modules', 'zod'))
  if (there && stamp.matches(hash)) return false
  await runNpm('npm packages', ['ci', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error'])
  stamp.write(hash)
  return true
}

/** @param {string} title @param {string[]} parameters */
async function runNpm(title, parameters) {
  // Under npm the very npm that was called is used; alone, the one on the path.
  const own = process.env.npm_execpath
  if (own?.endsWith('.js') === true) await runStep(title, process.execPath, [own, ...parameters])
  else await runStep(title, 'npm', parameters, { shell: isWindows })
}
