import { describeMachine, machineLine } from '../measurement/machine'
import { installCommand, missingModules } from '../measurement/python'
import { writeResults } from '../measurement/results'
import { Workspace } from '../measurement/workspace'
import { app } from './app'
import type { Benchmark, Measurement, Peer } from './benchmark'
import { gp } from './gp'
import { krylov } from './krylov'
import { tensor } from './tensor'
import { unmixing } from './unmixing'

/** Every family lists its benchmarks in one file; `app` are the bounds of the app as a whole. */
const families: Record<string, readonly Benchmark[]> = { unmixing, krylov, gp, tensor, app }

interface Outcome {
  benchmark: string
  measurements: Measurement[]
  skipped: string | null
  failed: string | null
  absentPeers: string[]
}

const print = (line: string) => process.stdout.write(line + '\n')

async function attempt(benchmark: Benchmark): Promise<Outcome> {
  const absent = benchmark.peers.filter(({ modules }) => missingModules(modules).length > 0)
  const outcome: Outcome = {
    benchmark: benchmark.name,
    measurements: [],
    skipped: benchmark.missing(),
    failed: null,
    absentPeers: absent.map(({ name }) => name),
  }
  print(`\n${benchmark.name}`)
  absent.forEach(({ name, packages }) => {
    print(`  not installed: ${name}; ${installCommand(packages)}`)
  })
  if (outcome.skipped !== null) {
    print(`  skipped: ${outcome.skipped}`)
    return outcome
  }
  const workspace = await Workspace.create()
  try {
    outcome.measurements = await benchmark.measure(workspace, (peer: Peer) => !absent.includes(peer))
    outcome.measurements.forEach(printMeasurement)
  } catch (cause) {
    outcome.failed = cause instanceof Error ? (cause.stack ?? cause.message) : String(cause)
    print(`  ✗ ended early: ${outcome.failed}`)
  } finally {
    await workspace.remove()
  }
  return outcome
}

function printMeasurement({ name, text, mark, passed }: Measurement): void {
  const sign = passed === null ? '·' : passed ? '✓' : '✗'
  print(`  ${sign} ${name}: ${text}${mark === null ? '' : `  (mark: ${mark})`}`)
}

async function main(asked: readonly string[]): Promise<number> {
  const unknown = asked.filter((family) => !(family in families))
  if (unknown.length > 0) {
    print(`No benchmarks for ${unknown.join(', ')}. There are: ${Object.keys(families).join(', ')}.`)
    return 2
  }
  const machine = describeMachine()
  print(machineLine(machine))
  const all: Outcome[] = []
  for (const [family, benchmarks] of Object.entries(families)) {
    if (asked.length > 0 && !asked.includes(family)) continue
    print(`\n== ${family}`)
    const outcomes: Outcome[] = []
    for (const benchmark of benchmarks) outcomes.push(await attempt(benchmark))
    print(`\nWritten to ${await writeResults(`bench-${family}`, { family, machine, outcomes })}`)
    all.push(...outcomes)
  }
  const marked = all.flatMap(({ measurements }) => measurements.filter(({ passed }) => passed !== null))
  const short =
    marked.filter(({ passed }) => passed === false).length +
    all.filter(({ failed }) => failed !== null).length
  print(
    `\n${marked.filter(({ passed }) => passed === true).length} marks reached, ${short} missed, ${all.filter(({ skipped }) => skipped !== null).length} benchmarks skipped`,
  )
  return short === 0 ? 0 : 1
}

process.exitCode = await main(process.argv.slice(2).filter((argument) => argument !== '--'))
