import { existsSync, readFileSync } from 'node:fs'

/**
 * What one suite came to. `skipped` and `failed` name their tests, `reasons` say why something was skipped.
 * @typedef {{ passed: number, failed: string[], skipped: string[], reasons: string[] }} SuiteResult
 */

/** @returns {SuiteResult} */
export const emptyResult = () => ({ passed: 0, failed: [], skipped: [], reasons: [] })

/** A suite that could not be run at all. @param {string} name @param {string} reason @returns {SuiteResult} */
export const skippedResult = (name, reason) => ({
  ...emptyResult(),
  skipped: [name],
  reasons: [`${name}: ${reason}`],
})

/** A check without tests of its own counts as one. @param {string} name @param {boolean} good @returns {SuiteResult} */
export const checkResult = (name, good) =>
  good ? { ...emptyResult(), passed: 1 } : { ...emptyResult(), failed: [name] }

/** Counts of `cargo test`, over all its binaries and documentation tests. @param {string} output @returns {SuiteResult} */
export function readCargo(output) {
  const result = emptyResult()
  for (const [, name, outcome] of output.matchAll(/^test (.+?) \.\.\. (ok|FAILED|ignored)/gm)) {
    if (outcome === 'ok') result.passed += 1
    else if (outcome === 'ignored') result.skipped.push(`cargo: ${name}`)
    else result.failed.push(`cargo: ${name}`)
  }
  return result
}

/**
 * @typedef {{ fullName: string, status: string }} VitestCase
 * @typedef {{ testResults: { name: string, status: string, assertionResults: VitestCase[] }[] }} VitestReport
 */

/** The JSON report of vitest. @param {string} path @param {string} suite @returns {SuiteResult} */
export function readVitest(path, suite) {
  const result = emptyResult()
  if (!existsSync(path)) return result
  const report = /** @type {VitestReport} */ (JSON.parse(readFileSync(path, 'utf8')))
  for (const file of report.testResults) {
    for (const { fullName, status } of file.assertionResults) {
      if (status === 'passed') result.passed += 1
      else if (status === 'failed') result.failed.push(`${suite}: ${fullName}`)
      else result.skipped.push(`${suite}: ${fullName}`)
    }
    // A file that fails before its first test has no case to blame.
    if (file.status === 'failed' && !file.assertionResults.some(({ status }) => status === 'failed')) {
      result.failed.push(`${suite}: ${file.name}`)
    }
  }
  return result
}

/**
 * @typedef {{ type: string, description?: string }} PlaywrightNote
 * @typedef {{ projectName: string, status: string, annotations: PlaywrightNote[] }} PlaywrightTest
 * @typedef {{ title: string, suites?: PlaywrightSuite[], specs?: { title: string, tests: PlaywrightTest[] }[] }} PlaywrightSuite
 */

/** The JSON report of Playwright; a test that passed on a second try counts as passed and is named. @param {string} path @returns {SuiteResult} */
export function readPlaywright(path) {
  const result = emptyResult()
  if (!existsSync(path)) return result
  const report = /** @type {{ suites: PlaywrightSuite[], errors: { message?: string }[] }} */ (
    JSON.parse(readFileSync(path, 'utf8'))
  )
  const reasons = new Map()
  /** @param {PlaywrightSuite} suite @param {string} prefix */
  const visit = (suite, prefix) => {
    for (const spec of suite.specs ?? []) {
      for (const test of spec.tests) {
        const name = `${test.projectName}: ${prefix}${spec.title}`
        if (test.status === 'skipped') {
          result.skipped.push(name)
          const why = test.annotations.find(({ type }) => type === 'skip')?.description ?? 'no reason given'
          const group = `${test.projectName}: ${why}`
          reasons.set(group, (reasons.get(group) ?? 0) + 1)
        } else if (test.status === 'unexpected') result.failed.push(name)
        else result.passed += 1
      }
    }
    for (const inner of suite.suites ?? []) visit(inner, `${prefix}${inner.title} › `)
  }
  for (const suite of report.suites) visit(suite, `${suite.title} › `)
  for (const [group, count] of reasons) result.reasons.push(`${group} (${count} tests)`)
  for (const { message } of report.errors)
    result.failed.push(`e2e: ${message?.split('\n')[0] ?? 'unknown error'}`)
  return result
}
