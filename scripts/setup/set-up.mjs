import { linkCommand } from './command.mjs'
import { buildInterface } from './interface.mjs'
import { buildNative } from './native.mjs'
import { installPackages } from './packages.mjs'
import { MissingTool } from './project.mjs'
import { checkScriptNode } from './runtime.mjs'
import { StepFailed } from './step.mjs'

/**
 * Everything between a fresh clone and a workbench that starts; each part only when it is stale. Says nothing
 * where nothing had to be done. Returns the number of parts that were made.
 */
export async function setUp() {
  checkScriptNode()
  let made = 0
  if (await installPackages()) made += 1
  linkCommand()
  if (await buildNative()) made += 1
  if (await buildInterface()) made += 1
  return made
}

/**
 * Runs a script of the project: what a person can mend is said in a few lines and ends with exit code 1, only a
 * bug shows a stack.
 * @param {() => Promise<number>} script gives the exit code
 */
export async function runScript(script) {
  try {
    process.exitCode = await script()
  } catch (error) {
    explain(error)
    process.exitCode = 1
  }
}

/** Says what went wrong, as shortly as it allows. @param {unknown} error */
export function explain(error) {
  if (error instanceof StepFailed) process.stderr.write(`\n${error.tail.join('\n')}\n\n${error.message}\n`)
  else if (error instanceof MissingTool) process.stderr.write(`\n${error.message}\n`)
  else process.stderr.write(`${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`)
}
