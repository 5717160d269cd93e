import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { contentHash, inProject, MissingTool, Stamp } from './project.mjs'
import { findRuntime } from './runtime.mjs'
import { runStep } from './step.mjs'

const workspace = inProject('src', 'native')
const manifest = inProject('src', 'native', 'Cargo.toml')
const addon = inProject('src', 'native', 'build', 'filigree.node')
const stamp = new Stamp('src/native/build/.sources')

/**
 * Builds the Rust workspace and copies the addon to where the solver host looks for it, when sources changed.
 * @param {string} hash of the sources
 */
export async function buildNative(hash = contentHash(['src/native'])) {
  if (existsSync(addon) && stamp.matches(hash)) return false
  checkTools()
  // Run inside the workspace, so that a rust-toolchain file there is obeyed.
  await runStep('native solvers', 'cargo', ['build', '--release', '--locked', '--manifest-path', manifest], {
    folder: workspace,
  })
  await runStep('native addon', findRuntime(), [inProject('src', 'native', 'copy-addon.mjs')])
  stamp.write(hash)
  return true
}

/** Says which of the two tools is missing and how to get it. */
function checkTools() {
  if (!answers('cargo', '--version')) {
    throw new MissingTool(
      'Rust is missing: there is no cargo on the path.\n' +
        (process.platform === 'win32'
          ? '  Install it: winget install Rustlang.Rustup'
          : "  Install it: curl --proto '=https' --tlsv1.2 -sSf https://sh.rustup.rs | sh   (then open a new terminal)"),
    )
  }
  if (process.platform === 'win32') return // rustup installs what it needs there
  if (!answers('cc', '--version')) {
    throw new MissingTool(
      `A C compiler is missing: there is no cc on the path.\n  Install it: ${compilerCommand()}`,
    )
  }
}

function compilerCommand() {
  if (process.platform === 'darwin') return 'xcode-select --install'
  const managers = [
    ['apt-get', 'sudo apt-get install -y build-essential'],
    ['dnf', 'sudo dnf install -y gcc'],
    ['pacman', 'sudo pacman -S --needed base-devel'],
    ['zypper', 'sudo zypper install -y gcc'],
    ['apk', 'sudo apk add build-base'],
  ]
  const found = managers.find(([tool]) => answers(/** @type {string} */ (tool), '--version'))
  return found?.[1] ?? 'the package of your system that brings gcc or clang'
}

/** @param {string} tool @param {string} parameter */
export function answers(tool, parameter) {
  return spawnSync(tool, [parameter], { stdio: 'ignore' }).status === 0
}
