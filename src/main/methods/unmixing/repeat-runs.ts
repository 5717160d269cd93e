import { mkdir, readdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import type { ArraySource, Axis } from '../../../shared/array'
import type { Dataset } from '../../../shared/dataset'
import { FiligreeError } from '../../../shared/failure'
import type { SolveContext, SolveProgress, SolveResult, WrittenArtifact } from '../../../shared/method'
import { arrayAsFloat64, readNpyHeader } from '../../formats'
import { callNative, type Info } from '../native'
import { unmixingAxes, type BandChoice } from './preparation'
import { matchRepeats, meanAgreement, type Matching } from './repeat-matching'
import { writeComponents, writeRepeatTables } from './repeat-outputs'
import { columns, type Spectra } from './score'

/** One of the repeats: solves in a folder of its own. */
export interface PlannedRepeat {
  /** 'seed 5', 'sample 3': what tells it from the others. */
  name: string
  solve: (context: SolveContext) => Promise<SolveResult>
}

/** What the repeats are joined on. */
export interface RepeatPlan {
  repeats: readonly PlannedRepeat[]
  /** Axes of the joined spectra, and of the maps, for so many components. */
  axes: { spectra: (count: number) => Axis[]; maps: (count: number) => Axis[] }
  /** Names of the components, where they have any. */
  names: string[] | null
  /** Says how repeats belong together; null matches them by their spectra. */
  order: ((repeat: number) => number[]) | null
}

/** Axes of what repeats on a cube are joined to. */
export function mixtureAxes(dataset: Dataset, bands: BandChoice): RepeatPlan['axes'] {
  const { spectra, maps } = unmixingAxes(dataset, bands)
  return { spectra, maps }
}

interface Done {
  /** Its place among the planned ones. */
  index: number
  name: string
  folder: string
  result: SolveResult
}

/** How much of a run is repeating; the rest is joining. */
const repeatingShare = 0.95

/**
 * Runs the repeats one after the other, each in a folder of its own under the run's, joins what they found, and
 * removes their folders. A repeat that fails is told of in a warning; fewer than two that succeed fail the run.
 * A cancelled run joins the repeats that were finished, where there are at least two.
 */
export async function runRepeats(plan: RepeatPlan, context: SolveContext): Promise<SolveResult> {
  const start = performance.now()
  const done: Done[] = []
  const warnings: string[] = []
  const count = plan.repeats.length
  let firstFailure: unknown = null
  for (const [index, { name, solve }] of plan.repeats.entries()) {
    if (context.signal.aborted) break
    const folder = join(context.folder, `repeat-${index}`)
    await mkdir(folder)
    const onProgress = (progress: SolveProgress) => {
      const fraction = (repeatingShare * (index + (progress.fraction ?? 0))) / count
      const stage = `Repeat ${index + 1} of ${count} (${name}): ${progress.stage}`
      context.onProgress({ stage, iteration: index, iterationLimit: count, fraction, rows: [] })
    }
    try {
      const result = await solve({ ...context, folder, onProgress })
      if (result.stopReason === 'cancelled') {
        await rm(folder, { recursive: true, force: true })
        break
      }
      await keepMixture(folder)
      done.push({ index, name, folder, result })
    } catch (cause) {
      await rm(folder, { recursive: true, force: true })
      if (!(cause instanceof FiligreeError) || cause.code === 'disk-full') throw cause
      firstFailure ??= cause
      warnings.push(`Repeat ${index + 1} (${name}) failed and was left out: ${cause.message}`)
    }
  }
  if (done.length < 2 && !context.signal.aborted) throw tooFew(done.length, count, firstFailure)
  const found = done.length < 2 ? cancelledEarly(warnings) : await joinFinished(plan, done, warnings, context)
  await Promise.all(done.map(({ folder }) => rm(folder, { recursive: true, force: true })))
  return { ...found, iterationSeconds: (performance.now() - start) / 1000 }
}

/** Everything but endmembers and abundances would be kept for nothing. */
async function keepMixture(folder: string): Promise<void> {
  const kept = ['endmembers.npy', 'abundances.npy']
  const files = await readdir(folder)
  await Promise.all(
    files.filter((file) => !kept.includes(file)).map((file) => rm(join(folder, file), { recursive: true })),
  )
}

function tooFew(succeeded: number, count: number, firstFailure: unknown): unknown {
  if (!(firstFailure instanceof FiligreeError)) return firstFailure
  if (succeeded === 0) return firstFailure
  return new FiligreeError(
    firstFailure.code,
    `Only ${succeeded} of ${count} repeats succeeded, and a spread needs two. The first failure: ${firstFailure.message}`,
    { ...(firstFailure.field === null ? {} : { field: firstFailure.field }), cause: firstFailure },
  )
}

/** The result of a run that was cancelled before it had two repeats. */
export function cancelledEarly(warnings: string[]): SolveResult {
  return {
    iterations: 0,
    stopReason: 'cancelled',
    stopMessage: 'Cancelled before two repeats were finished: there is no spread to show.',
    figures: {},
    setupSeconds: 0,
    iterationSeconds: 0,
    peakMemoryBytes: 0,
    warnings,
    artifacts: [],
  }
}

const sourceOf = async (folder: string, name: string): Promise<ArraySource> => {
  const path = join(folder, `${name}.npy`)
  return { ...(await readNpyHeader(path)), path }
}

/** Matches the finished repeats, joins them in one pass over their files, and writes the tables. */
async function joinFinished(
  plan: RepeatPlan,
  done: readonly Done[],
  warnings: readonly string[],
  context: SolveContext,
): Promise<SolveResult> {
  const sources = await Promise.all(
    done.map(async ({ folder }) => ({
      endmembers: await sourceOf(folder, 'endmembers'),
      abundances: await sourceOf(folder, 'abundances'),
    })),
  )
  const matching = await matchingOf(plan, done, sources)
  const cancelled = context.signal.aborted
  // What was finished is joined even after a cancel: that takes one pass over the maps.
  const signal = cancelled ? new AbortController().signal : context.signal
  const onProgress = (progress: SolveProgress) => {
    const fraction = repeatingShare + (1 - repeatingShare) * (progress.fraction ?? 0)
    context.onProgress({ ...progress, iteration: done.length, iterationLimit: done.length, fraction })
  }
  const repeats = sources.map((source, index) => ({ ...source, order: matching.orders[index] ?? [] }))
  const info = await callNative({ ...context, signal, onProgress }, (native, nativeContext) =>
    native.joinRepeats(repeats, nativeContext),
  )
  if (info.stopReason === 'cancelled') return cancelledEarly([...warnings])
  const artifacts = await describe(plan, done, matching, context.folder)
  return {
    ...summary(info, plan, done, matching, cancelled),
    warnings: [...warnings, ...sharedWarnings(done), ...info.warnings],
    artifacts,
  }
}

async function matchingOf(
  plan: RepeatPlan,
  done: readonly Done[],
  sources: readonly { endmembers: ArraySource }[],
): Promise<Matching> {
  const { order } = plan
  if (order !== null) {
    const orders = done.map(({ index }) => order(index))
    const none = orders.map((row) => row.map(() => 0))
    return { reference: 0, orders, angles: none, agreement: orders.map(() => orders.map(() => 0)) }
  }
  const spectra: Spectra[] = []
  for (const { endmembers } of sources) spectra.push(await columns(endmembers))
  return matchRepeats(spectra)
}

async function describe(
  plan: RepeatPlan,
  done: readonly Done[],
  matching: Matching,
  folder: string,
): Promise<WrittenArtifact[]> {
  const joined = await arrayAsFloat64(await sourceOf(folder, 'components'))
  // Written anew, with what is known of the angles.
  await rm(join(folder, 'components.npy'))
  const count = joined.shape[0] ?? 0
  const named = (axes: Axis[]) =>
    axes.map((axis) => (axis.name === 'endmember' ? { ...axis, labels: plan.names } : axis))
  const [spectra, maps] = [named(plan.axes.spectra(count)), named(plan.axes.maps(count))]
  const angles = plan.order === null ? matching.angles : null
  const abundances = [
    { name: 'abundances', axes: maps },
    { name: 'abundancesDeviation', axes: maps },
    await writeComponents(folder, Float64Array.from(joined.values), angles, plan.names),
  ]
  if (plan.order !== null) {
    // The spectra were given, and are the same in every repeat.
    for (const name of ['endmembers', 'endmembersDeviation']) await rm(join(folder, `${name}.npy`))
    return abundances
  }
  const names = done.map(({ name }) => name)
  return [
    { name: 'endmembers', axes: spectra },
    { name: 'endmembersDeviation', axes: spectra },
    ...abundances,
    ...(await writeRepeatTables(folder, names, matching)),
  ]
}

function summary(
  info: Info,
  plan: RepeatPlan,
  done: readonly Done[],
  matching: Matching,
  cancelled: boolean,
): Omit<SolveResult, 'warnings' | 'artifacts'> {
  const planned = plan.repeats.length
  const finished = done.length === planned ? `${planned} repeats` : `${done.length} of ${planned} repeats`
  const middle = done[matching.reference]?.name ?? ''
  return {
    iterations: done.length,
    stopReason: cancelled ? 'cancelled' : 'finished',
    stopMessage: `${cancelled ? 'Cancelled; joined' : 'Joined'} ${finished}${plan.order === null ? `, matched with the one of ${middle}` : ''}.`,
    figures: {
      ...info.figures,
      failedRepeats: cancelled ? 0 : planned - done.length,
      ...(plan.order === null
        ? { meanAngle: meanAgreement(matching), largestAngle: Math.max(...matching.angles.flat()) }
        : {}),
    },
    setupSeconds: 0,
    iterationSeconds: 0,
    peakMemoryBytes: Math.max(info.peakMemoryBytes, ...done.map(({ result }) => result.peakMemoryBytes)),
  }
}

/** What the repeats warned of, each warning once with the number of repeats that gave it. */
function sharedWarnings(done: readonly Done[]): string[] {
  const counts = new Map<string, number>()
  for (const warning of done.flatMap(({ result }) => result.warnings)) {
    counts.set(warning, (counts.get(warning) ?? 0) + 1)
  }
  return Array.from(counts, ([warning, count]) =>
    count === done.length ? warning : `In ${count} of ${done.length} repeats: ${warning}`,
  )
}
