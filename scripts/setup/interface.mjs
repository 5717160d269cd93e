import { existsSync } from 'node:fs'
import { contentHash, inProject, Stamp } from './project.mjs'
import { findRuntime, runtimeEnvironment } from './runtime.mjs'
import { runStep } from './step.mjs'

const sources = [
  'src/shared',
  'src/main',
  'src/preload',
  'src/renderer',
  'electron.vite.config.ts',
  'svelte.config.js',
  'tsconfig.base.json',
  'package.json',
  'package-lock.json',
]
const results = [
  'main/electron.js',
  'main/browser.js',
  'main/cli.js',
  'main/solver-host.js',
  'renderer/index.html',
]
const stamp = new Stamp('out/.sources')

/** Builds the window, the shells and the solver host with electron-vite, when a source changed. */
export async function buildInterface() {
  const hash = contentHash(sources, (path) => !/\.test\.ts$/.test(path))
  if (stamp.matches(hash) && results.every((result) => existsSync(inProject('out', result)))) return false
  const runtime = findRuntime()
  const builder = inProject('node_modules', 'electron-vite', 'bin', 'electron-vite.js')
  await runStep('window and services', runtime, [builder, 'build'], {
    environment: runtimeEnvironment(runtime),
  })
  stamp.write(hash)
  return true
}
