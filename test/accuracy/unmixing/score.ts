import { join } from 'node:path'
import { scoreUnmixing } from '../../../src/main/methods/unmixing/score'
import { missingSharedData, missingWords, sharedData } from '../../shared-data-files'
import { importSamson, type Scene } from '../../measurement/scene'
import { npySource, type Workspace } from '../../measurement/workspace'

/** Mean SAD in degrees and aRMSE in percent. */
export interface Score {
  sad: number
  armse: number
}

/** The app's own score of the outputs in a folder. */
export async function scoreOf(scene: Scene, folder: string): Promise<Score> {
  const { scoreCard } = await scoreUnmixing({
    truth: { ...scene.truth, names: [] },
    estimate: {
      endmembers: await npySource(join(folder, 'endmembers.npy')),
      abundances: await npySource(join(folder, 'abundances.npy')),
    },
    bands: null,
    normalisation: 'unit-length',
    threads: 1,
  })
  const metric = (id: string) => scoreCard?.metrics.find((entry) => entry.id === id)?.value ?? Number.NaN
  return { sad: metric('sad'), armse: metric('armse') }
}

const samsonFiles = ['unmixing/samson_1.mat', 'unmixing/samson_gt.mat'] as const

/** Why Samson cannot be measured here; null where it can. */
export function samsonMissing(): string | null {
  const missing = missingSharedData(samsonFiles)
  return missing.length === 0 ? null : missingWords(missing)
}

/** Samson, after `samsonMissing` said that it is there. */
export async function samson(workspace: Workspace): Promise<Scene> {
  const [cube, truth] = samsonFiles.map((file) => sharedData(file))
  if (typeof cube !== 'string' || typeof truth !== 'string') {
    throw new Error('Samson went away while it was measured.')
  }
  return importSamson(workspace, cube, truth)
}
