import { spawn } from 'node:child_process'
import { constants } from 'node:os'
import { root } from './project.mjs'

/**
 * Runs a program in this terminal until it ends and gives its exit code. Signals are its own to answer: it may
 * want to ask first. Ctrl+C in a terminal reaches it by itself; what a supervisor sends here is passed on.
 * @param {string} command
 * @param {readonly string[]} parameters
 * @param {{ folder?: string, environment?: NodeJS.ProcessEnv }} [options]
 * @returns {Promise<number>}
 */
export function runInTerminal(command, parameters, options = {}) {
  return new Promise((done, fail) => {
    const child = spawn(command, parameters, {
      cwd: options.folder ?? root,
      env: options.environment ?? process.env,
      stdio: 'inherit',
    })
    process.on('SIGINT', () => {
      if (process.stdin.isTTY !== true) child.kill('SIGINT')
    })
    for (const signal of /** @type {const} */ (['SIGTERM', 'SIGHUP']))
      process.on(signal, () => child.kill(signal))
    child.on('error', fail)
    child.on('close', (code, signal) => done(code ?? 128 + (signal === null ? 0 : constants.signals[signal])))
  })
}
