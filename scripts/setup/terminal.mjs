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
    const stopWatching = followParent(() => child.kill('SIGTERM'))
    child.on('error', fail)
    child.on('close', (code, signal) => {
      stopWatching()
      done(code ?? 128 + (signal === null ? 0 : constants.signals[signal]))
    })
  })
}

/**
 * npm runs a script through a shell that dies of a signal without passing it on; the script would stay behind
 * unseen. Under npm, losing the parent therefore counts as being told to stop.
 * @param {() => void} stop
 */
function followParent(stop) {
  if (process.env.npm_execpath === undefined || process.platform === 'win32') return () => undefined
  const parent = process.ppid
  const timer = setInterval(() => {
    if (process.ppid === parent) return
    clearInterval(timer)
    stop()
  }, 500)
  return () => clearInterval(timer)
}
