import { spawn } from 'node:child_process'
import { root } from './project.mjs'

/** Lines of a failed command that are shown unless the step asks for more. */
const shownLines = 40
/** How often a terminal without cursor control hears that a step is still going on, in milliseconds. */
const quietInterval = 15_000

/** A command that ended badly, with what it said. */
export class StepFailed extends Error {
  /** @param {string} title @param {string} reason @param {string[]} said @param {number} shown */
  constructor(title, reason, said, shown) {
    super(`${title} failed: ${reason}`)
    this.output = said.join('\n')
    this.tail = said.slice(-shown)
  }
}

/**
 * Runs one command of the set-up as a step a person can follow: its name, the time it has taken, the last line
 * it said. Everything it said is shown when it fails.
 * @param {string} title
 * @param {string} command
 * @param {readonly string[]} parameters
 * @param {{ environment?: NodeJS.ProcessEnv, folder?: string, shell?: boolean, timeout?: number, lines?: number }} [options]
 * @returns {Promise<string>} everything it said, without colours
 */
export async function runStep(title, command, parameters, options = {}) {
  const progress = new Progress(title)
  /** @type {string[]} */
  const said = []
  const child = spawn(command, parameters, {
    cwd: options.folder ?? root,
    env: options.environment ?? process.env,
    shell: options.shell ?? false,
    stdio: ['ignore', 'pipe', 'pipe'],
    ...(options.timeout === undefined ? {} : { timeout: options.timeout }),
  })
  for (const stream of [child.stdout, child.stderr]) {
    let rest = ''
    stream.setEncoding('utf8').on('data', (/** @type {string} */ text) => {
      const parts = (rest + text).split(/\r\n|\r|\n/)
      rest = parts.pop() ?? ''
      for (const line of parts.filter((part) => part.trim() !== '')) {
        said.push(plain(line))
        progress.say(line)
      }
    })
  }
  const reason = await new Promise((done) => {
    child.on('error', (error) => done(error.message))
    child.on('close', (code, signal) => {
      done(code === 0 ? null : signal === null ? `exit code ${code}` : `ended by ${signal}`)
    })
  })
  progress.end(reason === null)
  if (reason !== null) throw new StepFailed(title, reason, said, options.lines ?? shownLines)
  return said.join('\n')
}

/** The line on the screen of a step under way. */
class Progress {
  /** @param {string} title */
  constructor(title) {
    this.title = title
    this.started = Date.now()
    this.last = ''
    this.live = process.stderr.isTTY === true && process.env.CI === undefined
    if (this.live) this.timer = setInterval(() => this.#draw(), 200)
    else {
      process.stderr.write(`… ${title}\n`)
      this.timer = setInterval(() => {
        process.stderr.write(`  ${title}, ${this.#elapsed()}: ${this.last}\n`)
      }, quietInterval)
    }
  }

  /** @param {string} line */
  say(line) {
    this.last = plain(line).trim()
  }

  /** @param {boolean} good */
  end(good) {
    clearInterval(this.timer)
    if (this.live) process.stderr.write('\r\u001b[2K')
    process.stderr.write(`${good ? '✓' : '✗'} ${this.title} (${this.#elapsed()})\n`)
  }

  #draw() {
    const width = process.stderr.columns ?? 80
    const text = `… ${this.title}  ${this.#elapsed()}  ${this.last}`
    process.stderr.write(`\r\u001b[2K${text.slice(0, width - 1)}`)
  }

  #elapsed() {
    return elapsedText(Date.now() - this.started)
  }
}

/** @param {number} milliseconds */
export function elapsedText(milliseconds) {
  const seconds = Math.round(milliseconds / 1000)
  return seconds < 60 ? `${seconds} s` : `${Math.floor(seconds / 60)} min ${seconds % 60} s`
}

/** Text without the colours of a terminal. @param {string} text */
export function plain(text) {
  // eslint-disable-next-line no-control-regex -- the escape character is what is looked for
  return text.replace(/\u001b\[[0-9;?]*[A-Za-z]/g, '')
}
