import { describeMachine, machineLine } from '../measurement/machine'
import { writeResults } from '../measurement/results'
import { Workspace } from '../measurement/workspace'
import type { Check, Figure } from './check'
import { gp } from './gp'
import { krylov } from './krylov'
import { tensor } from './tensor'
import { unmixing } from './unmixing'

/** Every family lists its checks in one file. */
const families: Record<string, readonly Check[]> = { unmixing, krylov, gp, tensor }

interface Outcome {
  check: string
  figures: Figure[]
  skipped: string | null
  failed: string | null
  seconds: number
}

const print = (line: string) => process.stdout.write(line + '\n')

async function attempt(check: Check): Promise<Outcome> {
  const missing = check.missing()
  if (missing !== null) return { check: check.name, figures: [], skipped: missing, failed: null, seconds: 0 }
  const workspace = await Workspace.create()
  const start = performance.now()
  const seconds = () => (performance.now() - start) / 1000
  try {
    const figures = await check.measure(workspace)
    return { check: check.name, figures, skipped: null, failed: null, seconds: seconds() }
  } catch (cause) {
    const failed = cause instanceof Error ? (cause.stack ?? cause.message) : String(cause)
    return { check: check.name, figures: [], skipped: null, failed, seconds: seconds() }
  } finally {
    await workspace.remove()
  }
}

function report(outcome: Outcome): void {
  print(`\n${outcome.check}${outcome.skipped === null ? ` (${outcome.seconds.toFixed(1)} s)` : ''}`)
  if (outcome.skipped !== null) print(`  skipped: ${outcome.skipped}`)
  if (outcome.failed !== null) print(`  ✗ ended early: ${outcome.failed}`)
  const width = Math.max(0, ...outcome.figures.map(({ name }) => name.length))
  for (const { name, text, mark, passed } of outcome.figures) {
    const sign = passed === null ? '·' : passed ? '✓' : '✗'
    print(`  ${sign} ${name.padEnd(width)}  ${text}${mark === null ? '' : `  (mark: ${mark})`}`)
  }
}

async function measureFamily(family: string, checks: readonly Check[]): Promise<Outcome[]> {
  print(`\n== ${family}`)
  const outcomes: Outcome[] = []
  for (const check of checks) {
    const outcome = await attempt(check)
    report(outcome)
    outcomes.push(outcome)
  }
  const path = await writeResults(`accuracy-${family}`, { family, machine: describeMachine(), outcomes })
  print(`\nWritten to ${path}`)
  return outcomes
}

/** Families as arguments; `--only=words` keeps the checks whose names hold these words. */
async function main(words: readonly string[]): Promise<number> {
  const only = words.find((word) => word.startsWith('--only='))?.slice('--only='.length) ?? ''
  const asked = words.filter((word) => !word.startsWith('--'))
  const unknown = asked.filter((family) => !(family in families))
  if (unknown.length > 0) {
    print(`No checks for ${unknown.join(', ')}. There are checks for: ${Object.keys(families).join(', ')}.`)
    return 2
  }
  print(machineLine(describeMachine()))
  const outcomes: Outcome[] = []
  for (const [family, checks] of Object.entries(families)) {
    const chosen = checks.filter(({ name }) => name.toLowerCase().includes(only.toLowerCase()))
    if ((asked.length === 0 || asked.includes(family)) && chosen.length > 0)
      outcomes.push(...(await measureFamily(family, chosen)))
  }
  const figures = outcomes.flatMap((outcome) => outcome.figures)
  const reached = figures.filter(({ passed }) => passed === true).length
  const short =
    figures.filter(({ passed }) => passed === false).length +
    outcomes.filter(({ failed }) => failed !== null).length
  const skipped = outcomes.filter((outcome) => outcome.skipped !== null)
  print(`\n${reached} marks reached, ${short} fallen short of, ${skipped.length} checks skipped`)
  for (const { check, skipped: reason } of skipped) print(`  skipped: ${check}: ${reason ?? ''}`)
  return short === 0 ? 0 : 1
}

process.exitCode = await main(process.argv.slice(2))
