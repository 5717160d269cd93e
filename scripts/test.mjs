// npm test: set-up where it is stale, then every suite. Ends with one line of counts over all of them.
//   npm test -- lint faults     only the suites whose name contains one of these words
import { explain, runScript, setUp } from './setup/set-up.mjs'
import { elapsedText, StepFailed } from './setup/step.mjs'
import { MissingTool } from './setup/project.mjs'
import { emptyResult } from './test/result.mjs'
import { suites } from './test/suites.mjs'

const wanted = process.argv.slice(2).map((word) => word.toLowerCase())
const started = Date.now()

await runScript(async () => {
  const total = emptyResult()
  try {
    await setUp()
    for (const suite of chosenSuites()) add(total, await suite.run())
  } catch (error) {
    // The counts are the last line whatever happens.
    explain(error)
    total.failed.push(
      error instanceof StepFailed || error instanceof MissingTool ? error.message : 'npm test',
    )
  }
  tell(total)
  return total.failed.length === 0 ? 0 : 1
})

function chosenSuites() {
  const chosen = suites.filter(
    ({ name }) => wanted.length === 0 || wanted.some((word) => name.toLowerCase().includes(word)),
  )
  if (chosen.length > 0) return chosen
  throw new MissingTool(`No suite is called that. There are: ${suites.map(({ name }) => name).join(', ')}.`)
}

/** @param {import('./test/result.mjs').SuiteResult} total @param {import('./test/result.mjs').SuiteResult} part */
function add(total, part) {
  total.passed += part.passed
  total.failed.push(...part.failed)
  total.skipped.push(...part.skipped)
  total.reasons.push(...part.reasons)
}

/** @param {import('./test/result.mjs').SuiteResult} total */
function tell(total) {
  const lines = [
    ...list('Skipped because', total.reasons),
    ...list('Skipped', total.skipped),
    ...list('Failed', total.failed),
    `All suites took ${elapsedText(Date.now() - started)}.`,
    `${total.passed} passed, ${total.failed.length} failed, ${total.skipped.length} skipped`,
  ]
  process.stdout.write(`\n${lines.join('\n')}\n`)
}

/** @param {string} title @param {string[]} items */
function list(title, items) {
  return items.length === 0 ? [] : [`${title}:`, ...items.map((item) => `  - ${item}`), '']
}
