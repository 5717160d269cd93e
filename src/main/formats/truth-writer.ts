import { join } from 'node:path'
import type { ArrayReference } from '../../shared/array'
import type { Truth } from '../../shared/dataset'
import { ArraySummariser } from './array-summary'
import type { TruthViews } from './matlab-truth'
import { elementAt, writeView, type StridedView } from './strided-view'
import { counted, figure } from './wording'

/** Deviation from one that rounding in single precision explains. */
const roundingOfSums = 1e-5

/**
 * Writes `truth-endmembers.npy` (bands, p) and `truth-abundances.npy` (p, lines, samples) as doubles, and
 * says what a person should know of them. Null where there is neither.
 * @param cubeMaximum largest value of the scene, to tell whether the truth is on its scale.
 */
export async function writeTruth(
  folder: string,
  views: TruthViews,
  source: string,
  cubeMaximum: number | null,
): Promise<{ truth: Truth; notes: string[] } | null> {
  if (views.endmembers === null && views.abundances === null) return null
  const notes = views.reason === null ? [] : [views.reason]
  const endmembers = await writePart(join(folder, 'truth-endmembers.npy'), views.endmembers, 2, notes)
  const abundances = await writePart(join(folder, 'truth-abundances.npy'), views.abundances, 3, notes)
  if (views.endmembers !== null) notes.push(...scaleNotes(views.endmembers, cubeMaximum))
  if (views.abundances !== null) notes.push(...sumNotes(views.abundances))
  return { truth: { endmembers, abundances, names: [...views.names], source }, notes }
}

async function writePart(
  path: string,
  view: StridedView | null,
  axes: 2 | 3,
  notes: string[],
): Promise<ArrayReference | null> {
  if (view === null) return null
  const summariser = new ArraySummariser(view.shape)
  const reference = await writeView(path, 'float64', view, axes, { summariser })
  const { nanCount, infiniteCount, negativeCount } = summariser.summary()
  const what = axes === 2 ? 'The true endmembers hold' : 'The true abundances hold'
  if (nanCount + infiniteCount > 0) {
    notes.push(
      `${what} ${counted(nanCount + infiniteCount, 'value')} that ${nanCount + infiniteCount === 1 ? 'is' : 'are'} NaN or infinite.`,
    )
  }
  if (negativeCount > 0) notes.push(`${what} ${counted(negativeCount, 'negative value')}.`)
  return reference
}

function scaleNotes(endmembers: StridedView, cubeMaximum: number | null): string[] {
  const [bands, materials] = endmembers.shape
  const peaks = Array.from({ length: materials }, (_, material) => {
    let peak = Number.NEGATIVE_INFINITY
    for (let band = 0; band < bands; band += 1)
      peak = Math.max(peak, elementAt(endmembers, band, material, 0))
    return peak
  })
  if (peaks.every((peak) => Math.abs(peak - 1) < 0.01)) {
    return [
      'Every true endmember peaks at 1, so they were scaled one by one and are not on the scale of the scene. Compare angles, and normalise pixels to unit length before scoring abundances.',
    ]
  }
  const largest = Math.max(...peaks)
  if (cubeMaximum === null || cubeMaximum <= 0 || (largest > cubeMaximum / 3 && largest < cubeMaximum * 3))
    return []
  return [
    `The true endmembers reach ${figure(largest)} while the scene reaches ${figure(cubeMaximum)}: they are on another scale. Compare angles, and normalise pixels to unit length before scoring abundances.`,
  ]
}

function sumNotes(abundances: StridedView): string[] {
  const [materials, lines, samples] = abundances.shape
  let worst = 0
  for (let line = 0; line < lines; line += 1) {
    for (let sample = 0; sample < samples; sample += 1) {
      let sum = 0
      for (let material = 0; material < materials; material += 1)
        sum += elementAt(abundances, material, line, sample)
      worst = Math.max(worst, Math.abs(sum - 1))
    }
  }
  return worst > roundingOfSums
    ? [`The true abundances of a pixel do not always sum to one: they are off by up to ${figure(worst)}.`]
    : []
}
