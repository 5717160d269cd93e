#!/usr/bin/env node
// npx filigree: the command line, run with the Node it was built for.
import { existsSync } from 'node:fs'
import { inProject } from '../scripts/setup/project.mjs'
import { checkScriptNode, findRuntime } from '../scripts/setup/runtime.mjs'
import { runScript } from '../scripts/setup/set-up.mjs'
import { runInTerminal } from '../scripts/setup/terminal.mjs'

const commandLine = inProject('out', 'main', 'cli.js')
const addon = inProject('src', 'native', 'build', 'filigree.node')

await runScript(async () => {
  checkScriptNode()
  if (!existsSync(commandLine) || !existsSync(addon)) {
    process.stderr.write('Filigree is not set up yet. Run this once, in its folder: npm run setup\n')
    return 1
  }
  return runInTerminal(findRuntime(), [commandLine, ...process.argv.slice(2)], { folder: process.cwd() })
})
