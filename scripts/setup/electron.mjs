import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { inProject } from './project.mjs'
import { findRuntime } from './runtime.mjs'
import { runStep } from './step.mjs'

/** How long the binary may take to arrive before the browser shell is used instead, in milliseconds. */
const fetchTimeout = 180_000

/** Path of Electron's binary, or null where it is not there (`ELECTRON_OVERRIDE_DIST_PATH` counts). */
export function electronBinary() {
  const folder = inProject('node_modules', 'electron')
  const named = join(folder, 'path.txt')
  const chosen = process.env.ELECTRON_OVERRIDE_DIST_PATH
  const name = existsSync(named) ? readFileSync(named, 'utf8') : chosen === undefined ? null : 'electron'
  if (name === null) return null
  const path = join(chosen ?? join(folder, 'dist'), name)
  return existsSync(path) ? path : null
}

/** True where a window can appear. */
export function hasDisplay() {
  if (process.platform !== 'linux') return process.env.SSH_CONNECTION === undefined
  return Boolean(process.env.DISPLAY || process.env.WAYLAND_DISPLAY)
}

/**
 * Which shell to open and why, in words. Electron fetches its binary on its first start; that is tried once, and
 * only where a window could appear.
 * @returns {Promise<{ binary: string | null, reason: string }>}
 */
export async function findElectron() {
  if (!hasDisplay()) return { binary: null, reason: 'there is no display for the Electron window' }
  const there = electronBinary()
  if (there !== null) return { binary: there, reason: 'its binary is there' }
  try {
    await runStep(
      'Electron (once, about 120 MB)',
      findRuntime(),
      [inProject('node_modules', 'electron', 'install.js')],
      { timeout: fetchTimeout },
    )
  } catch {
    return { binary: null, reason: "Electron's binary is not here and could not be fetched" }
  }
  const fetched = electronBinary()
  return fetched === null
    ? { binary: null, reason: "Electron's binary is not here and could not be fetched" }
    : { binary: fetched, reason: 'its binary was fetched' }
}
