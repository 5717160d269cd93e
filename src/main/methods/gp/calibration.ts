import { join } from 'node:path'
import type { Axis } from '../../../shared/array'
import type { WrittenArtifact } from '../../../shared/method'
import { arrayAsFloat64, readNpyHeader, writeNpy } from '../../formats'

/** Quantities of `holdOut.npy`, as the addon writes them. */
const quantities = ['observed', 'predicted', 'deviation', 'lower', 'upper', 'PIT', 'row']
const pitColumn = 5

/** Levels that coverage is told at, and bins of the PIT histogram. */
const levels = Array.from({ length: 40 }, (_, step) => step / 40).concat(0.99, 1)
const bins = 20

/**
 * What the calibration panel shows besides the held-out rows themselves, from their probability integral transforms:
 * coverage of central intervals of every level, and the PIT histogram (Gneiting, Balabdaoui, Raftery 2007), each beside
 * what is to be expected with its deviation, that of a binomial share. Writes the files into the folder.
 */
export async function calibrationArtifacts(folder: string): Promise<WrittenArtifact[]> {
  const path = join(folder, 'holdOut.npy')
  const { values, shape } = await arrayAsFloat64({ ...(await readNpyHeader(path)), path })
  const [count = 0, width = 1] = shape
  const pit = Array.from({ length: count }, (_, row) => values[row * width + pitColumn] ?? Number.NaN)
  const coverage = levels.flatMap((level) => [coveredShare(pit, level), level])
  const histogram = pitShares(pit)
  const share = 1 / bins
  const write = (name: string, rows: number, numbers: readonly number[]) =>
    writeNpy(join(folder, `${name}.npy`), 'float64', [rows, 2], Float64Array.from(numbers))
  await write('coverage', levels.length, coverage)
  await write(
    'coverageDeviation',
    levels.length,
    levels.flatMap((level) => [0, binomialDeviation(level, count)]),
  )
  await write(
    'pit',
    bins,
    histogram.flatMap((own) => [own, share]),
  )
  await write(
    'pitDeviation',
    bins,
    histogram.flatMap(() => [0, binomialDeviation(share, count)]),
  )
  const parts = axis('part', 2, { labels: ['observed', 'expected'] })
  const level = axis('level', levels.length, { coordinates: levels })
  const bin = axis('bin', bins, {
    labels: Array.from({ length: bins }, (_, index) => ((index + 0.5) / bins).toFixed(2)),
  })
  return [
    {
      name: 'holdOut',
      axes: [axis('row', count), axis('quantity', width, { labels: quantities.slice(0, width) })],
    },
    { name: 'coverage', axes: [level, parts] },
    { name: 'coverageDeviation', axes: [level, parts] },
    { name: 'pit', axes: [bin, parts] },
    { name: 'pitDeviation', axes: [bin, parts] },
  ]
}

/** Share of rows within the central interval of a level: those whose transform lies within half the level of one half. */
export function coveredShare(pit: readonly number[], level: number): number {
  return pit.filter((own) => Math.abs(own - 0.5) <= 0.5 * level).length / pit.length
}

/** Share of rows in every bin of the transform. */
export function pitShares(pit: readonly number[]): number[] {
  const counts = new Array<number>(bins).fill(0)
  for (const own of pit) {
    const bin = Math.min(bins - 1, Math.floor(own * bins))
    counts[bin] = (counts[bin] ?? 0) + 1
  }
  return counts.map((each) => each / pit.length)
}

/** Standard deviation of a share that is expected to be `share` over so many rows. */
export function binomialDeviation(share: number, count: number): number {
  return Math.sqrt((share * (1 - share)) / count)
}

function axis(name: string, size: number, more: Partial<Axis> = {}): Axis {
  return { name, size, unit: null, coordinates: null, labels: null, ...more }
}
