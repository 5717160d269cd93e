import type { Environment, RunRecord } from '../../shared/run'
import { formatBytes, formatDuration, formatNumber, withUnit } from '../../shared/numbers'
import { inWords } from '../../shared/words'
import { formatTime } from '../design/format-date'
import { systemFigureTitles } from './system-figures'

interface Fact {
  label: string
  value: string
  title?: string
  figures?: boolean
}

/** Names of figures whose own name would not do. */
const figureTitles: Readonly<Record<string, string>> = {
  rootMeanSquare: 'Root mean square residual',
  coverage95: 'Coverage of 95 % intervals',
}

/** 'relativeResidual' as 'Relative residual'; families call some of their figures otherwise. */
export function figureTitle(name: string, family: string | null = null): string {
  const own = family === 'krylov' ? systemFigureTitles[name] : undefined
  return own ?? figureTitles[name] ?? inWords(name)
}

/** What happened in a run, as facts for its side pane. */
export function runFacts(record: RunRecord): Fact[] {
  const facts: Fact[] = []
  const seconds = durationOf(record)
  if (record.startedAt !== null) facts.push({ label: 'Started', value: formatTime(record.startedAt) })
  if (seconds !== null) {
    facts.push({ label: 'Duration', value: formatDuration(seconds), ...durationParts(record) })
  }
  if (record.iterations !== null && record.iterations > 0) {
    facts.push({ label: 'Iterations', value: formatNumber(record.iterations, 9), figures: true })
  }
  if (record.peakMemoryBytes !== null && record.peakMemoryBytes > 0) {
    facts.push({ label: 'Peak memory', value: formatBytes(record.peakMemoryBytes) })
  }
  facts.push({ label: 'Seed', value: String(record.seed), figures: true })
  facts.push({ label: 'Threads', value: String(record.threads), figures: true })
  return facts
}

/** The figures the solver recomputed at its end, less those that stand in the score card. */
export function solverFigures(record: RunRecord): Fact[] {
  const scored = new Set(record.scoreCard?.metrics.map(({ id }) => id))
  const own = Object.entries(record.figures).filter(([name]) => !scored.has(name))
  return own.map(([name, value]) => ({
    label: figureTitle(name, record.method.family),
    value: figureText(name, value),
    title: String(value),
    figures: true,
  }))
}

/** Names end in what their figure counts. */
function figureText(name: string, value: number): string {
  if (name.endsWith('Bytes')) return formatBytes(value)
  return name.endsWith('Seconds') ? withUnit(formatNumber(value, 4), 's') : formatNumber(value, 4)
}

/** Wall time from start to end in seconds; null where the run did not get that far. */
export function durationOf(record: Pick<RunRecord, 'startedAt' | 'finishedAt'>): number | null {
  if (record.startedAt === null || record.finishedAt === null) return null
  return Math.max(0, (Date.parse(record.finishedAt) - Date.parse(record.startedAt)) / 1000)
}

function durationParts({ setupSeconds, iterationSeconds }: RunRecord): { title?: string } {
  if (setupSeconds === null || iterationSeconds === null) return {}
  return { title: `${formatDuration(setupSeconds)} set-up, ${formatDuration(iterationSeconds)} iterating` }
}

/** What ran it, so that two people can find out why their figures differ. */
export function environmentFacts(environment: Environment): Fact[] {
  const libraries = Object.entries(environment.libraries).map(([name, version]) => `${name} ${version}`)
  return [
    { label: 'Filigree', value: environment.filigree },
    { label: 'Solvers', value: [environment.native, ...libraries].join(', ') },
    { label: 'Built for', value: environment.target },
    { label: 'Runtime', value: environment.runtime },
    { label: 'System', value: environment.system, figures: true },
    { label: 'Processor', value: `${environment.processor}, ${environment.cores} cores` },
    { label: 'Memory', value: formatBytes(environment.memoryBytes) },
  ]
}
