import { join } from 'node:path'
import { generateScene, unmix, type Scene } from '../../measurement/scene'
import { readNpy, type Workspace } from '../../measurement/workspace'
import { atMost, figure, type Check, type Figure } from '../check'
import { withCorruptedBands } from './noisy-scene'
import { samson, samsonMissing, scoreOf, type Score } from './score'
import { means, printed, protocol } from './scores-over-seeds'

const seeds = [0, 1, 2, 3, 4]
const share = 0.1

const robust = { 'correntropy-nmf': 'correntropy NMF', 'rrlbs': 'RRLbS' }

/**
 * A tenth of the bands replaced by uniform noise over the range of the cube, before any scaling. Spectra are scored
 * in all bands, the corrupted ones too.
 */
export const robustOnCorruptedSamson: Check = {
  name: `Samson with 10 % of the bands replaced by uniform noise over its range: correntropy NMF, RRLbS and NMF, ${seeds.length} draws`,
  missing: samsonMissing,
  measure: async (workspace) => compare(workspace, await samson(workspace), 3),
}

/** The same on a scene of the generator, for which no parameter was chosen. */
export const robustOnCorruptedSynthetic: Check = {
  name: `Synthetic scene (p 4, 30 dB) with 10 % of the bands replaced by noise: the same, ${seeds.length} draws`,
  missing: () => null,
  measure: async (workspace) =>
    compare(
      workspace,
      await generateScene(workspace, { lines: 60, samples: 60, bands: 120, endmembers: 4, snr: 30 }, 1),
      4,
    ),
}

/** A scene with corrupted bands, and which they are. */
interface Draw {
  seed: number
  scene: Scene
  corrupted: number[]
}

async function compare(workspace: Workspace, clean: Scene, endmembers: number): Promise<Figure[]> {
  const figures: Figure[] = []
  const draws: Draw[] = []
  for (const seed of seeds) draws.push({ seed, ...(await withCorruptedBands(workspace, clean, share, seed)) })
  for (const [method, name] of Object.entries(robust)) {
    const { before, after, apart } = await cleanAndCorrupted(workspace, clean, draws, method, endmembers)
    const growth = means(after).sad / means(before).sad
    const margin = Math.min(...apart)
    figures.push(
      figure(`${name}: mean SAD over its own on the clean scene`, growth, atMost(1.2), growth.toFixed(3)),
      figure(
        `${name}: lowest weight of a clean band over the highest of a corrupted one, worst draw`,
        margin,
        { text: '> 1', passes: (value) => value > 1 },
        margin.toPrecision(3),
      ),
      ...printed(`${name}, clean`, before),
      ...printed(`${name}, corrupted`, after),
    )
  }
  const { before, after } = await cleanAndCorrupted(workspace, clean, draws, 'nmf', endmembers)
  const growth = means(after).sad / means(before).sad
  figures.push(
    figure(
      'NMF: mean SAD over its own on the clean scene',
      growth,
      { text: '> 2', passes: (value) => value > 2 },
      growth.toFixed(2),
    ),
    ...printed('NMF, clean', before),
    ...printed('NMF, corrupted', after),
  )
  return figures
}

/** Scores of a method on the clean scene and on corrupted ones, and how far apart it set the weights of the bands. */
async function cleanAndCorrupted(
  workspace: Workspace,
  clean: Scene,
  draws: readonly Draw[],
  method: string,
  endmembers: number,
) {
  const [before, after, apart]: [Score[], Score[], number[]] = [[], [], []]
  for (const { seed, scene, corrupted } of draws) {
    const parameters = { endmembers, ...protocol }
    const solve = (scene: Scene) =>
      unmix(workspace, method, { cube: scene.cube, start: null }, parameters, seed)
    before.push(await scoreOf(clean, await solve(clean)))
    const folder = await solve(scene)
    after.push(await scoreOf(scene, folder))
    if (method in robust) apart.push(await weightsApart(folder, corrupted))
  }
  return { before, after, apart }
}

async function weightsApart(folder: string, corrupted: readonly number[]): Promise<number> {
  const { values } = await readNpy(join(folder, 'bandWeights.npy'))
  const bad = new Set(corrupted)
  const weights = Array.from(values)
  const lowest = Math.min(...weights.filter((_, band) => !bad.has(band)))
  return lowest / Math.max(...weights.filter((_, band) => bad.has(band)))
}
