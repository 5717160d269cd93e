import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { answers } from '../setup/native.mjs'
import { inProject } from '../setup/project.mjs'
import { findRuntime, runtimeEnvironment } from '../setup/runtime.mjs'
import { runStep, StepFailed } from '../setup/step.mjs'
import { findChromium } from './chromium.mjs'
import { checkResult, readCargo, readPlaywright, readVitest, skippedResult } from './result.mjs'

/** @typedef {import('./result.mjs').SuiteResult} SuiteResult */
/** @typedef {{ name: string, run: () => Promise<SuiteResult> }} Suite */

const results = inProject('test-results')
const workspace = inProject('src', 'native')

/** Lines shown of a suite that failed; all of them are in `test-results/<suite>.log`. */
const shownLines = 150

/**
 * Runs a command of a suite; what it said is kept in a log and shown when it failed.
 * @param {string} name @param {string} command @param {string[]} parameters
 * @param {{ environment?: NodeJS.ProcessEnv, folder?: string }} [options]
 * @returns {Promise<{ good: boolean, output: string }>}
 */
async function runLogged(name, command, parameters, options = {}) {
  let answer
  try {
    answer = {
      good: true,
      output: await runStep(name, command, parameters, { ...options, lines: shownLines }),
    }
  } catch (error) {
    if (!(error instanceof StepFailed)) throw error
    process.stderr.write(`${error.tail.join('\n')}\n`)
    answer = { good: false, output: error.output }
  }
  mkdirSync(results, { recursive: true })
  writeFileSync(join(results, `${name.replaceAll(/[^a-z0-9]+/gi, '-')}.log`), `${answer.output}\n`)
  return answer
}

/** A package's own command, run by the project's Node. @param {string} name @param {string[]} script @param {string[]} parameters @param {NodeJS.ProcessEnv} [more] */
function runTool(name, script, parameters, more = {}) {
  const runtime = findRuntime()
  return runLogged(name, runtime, [inProject('node_modules', ...script), ...parameters], {
    environment: { ...runtimeEnvironment(runtime), ...more },
  })
}

/** @param {string} name @param {string[]} script @param {string[]} parameters @returns {Suite} */
const check = (name, script, parameters) => ({
  name,
  run: async () => checkResult(name, (await runTool(name, script, parameters)).good),
})

/** @param {string} name @param {string} component of rustup @param {string[]} parameters @returns {Suite} */
const cargoCheck = (name, component, parameters) => ({
  name,
  run: async () => {
    if (!answers(`cargo-${component}`, '--version')) {
      return skippedResult(
        name,
        `there is no cargo ${component}; install it: rustup component add clippy rustfmt`,
      )
    }
    return checkResult(name, (await runLogged(name, 'cargo', parameters, { folder: workspace })).good)
  },
})

/** @param {string} name @param {string} project of vitest.config.ts @returns {Suite} */
const vitest = (name, project) => ({
  name,
  run: async () => {
    const report = join(results, `${project}.json`)
    rmSync(report, { force: true })
    const { good } = await runTool(
      name,
      ['vitest', 'vitest.mjs'],
      [
        'run',
        '--project',
        project,
        '--passWithNoTests',
        '--reporter=dot',
        '--reporter=json',
        `--outputFile=${report}`,
      ],
      { CI: '1' },
    )
    return blameSuite(name, good, readVitest(report, name))
  },
})

/** A suite that ended badly without a failed test failed as a whole. @param {string} name @param {boolean} good @param {SuiteResult} result */
function blameSuite(name, good, result) {
  return good || result.failed.length > 0 ? result : { ...result, failed: [name] }
}

/** @type {Suite} */
const rustTests = {
  name: 'Rust tests',
  run: async () => {
    const { good, output } = await runLogged('Rust tests', 'cargo', ['test', '--release', '--locked'], {
      folder: workspace,
    })
    return blameSuite('Rust tests', good, readCargo(output))
  },
}

/** @type {Suite} */
const endToEnd = {
  name: 'end-to-end',
  run: async () => {
    const chromium = await findChromium()
    if ('missing' in chromium) return skippedResult('end-to-end', chromium.missing)
    const report = join(results, 'e2e.json')
    rmSync(report, { force: true })
    const { good } = await runTool(
      'end-to-end',
      ['@playwright', 'test', 'cli.js'],
      ['test', '--reporter=line,json'],
      { CHROMIUM_PATH: chromium.path, PLAYWRIGHT_JSON_OUTPUT_FILE: report },
    )
    return blameSuite('end-to-end', good, readPlaywright(report))
  },
}

/** Every suite, the quick ones first. @type {readonly Suite[]} */
export const suites = [
  check('formatting', ['prettier', 'bin', 'prettier.cjs'], ['--check', '--log-level=warn', '.']),
  check('lint', ['eslint', 'bin', 'eslint.js'], ['--max-warnings=0', '.']),
  check('types of the main side', ['typescript', 'bin', 'tsc'], ['-p', 'tsconfig.node.json']),
  check(
    'types of the window',
    ['svelte-check', 'bin', 'svelte-check'],
    ['--tsconfig', 'tsconfig.web.json', '--fail-on-warnings', '--output', 'human'],
  ),
  cargoCheck('Rust formatting', 'fmt', ['fmt', '--all', '--', '--check']),
  cargoCheck('Rust lint', 'clippy', [
    'clippy',
    '--release',
    '--locked',
    '--all-targets',
    '--',
    '-D',
    'warnings',
  ]),
  rustTests,
  vitest('TypeScript tests', 'unit'),
  vitest('faults', 'faults'),
  endToEnd,
]
