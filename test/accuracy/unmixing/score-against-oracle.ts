import { existsSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { missingModules, runPython } from '../../measurement/python'
import { givenSpectra, unmix } from '../../measurement/scene'
import { sharedData, sharedDataFolder } from '../../shared-data-files'
import { figure, type Check, type Figure } from '../check'
import { samson, samsonMissing, scoreOf, type Score } from './score'

const oracle = resolve(sharedDataFolder, '..', 'oracle', 'score_unmixing.py')
const truthFile = 'unmixing/samson_gt.mat'

/** Half of the last digit the oracle prints. */
const printedTo = 0.0005

function missing(): string | null {
  const absent = [...(existsSync(oracle) ? [] : [oracle]), ...missingModules(['numpy', 'scipy'])]
  return samsonMissing() ?? (absent.length === 0 ? null : `${absent.join(', ')} not found`)
}

/** The score card against a script that shares no line with it, on the same files. */
export const scoreAgainstOracle: Check = {
  name: 'Our score card against score_unmixing.py on Samson, to its printed digits',
  missing,
  async measure(workspace) {
    const scene = await samson(workspace)
    const { cube } = scene
    const truth = join(workspace.folder, 'truth.npz')
    runPython([oracle, '--make-truth', sharedData(truthFile) ?? truthFile, truth])
    const spectra = givenSpectra(scene.truth.endmembers)
    const results = {
      'FCLS with the true endmembers': await unmix(workspace, 'fcls', { cube, spectra }, {}),
      'VCA + FCLS': await unmix(workspace, 'fcls', { cube, spectra: null }, { endmembers: 3 }, 4),
    }
    const figures: Figure[] = []
    for (const [name, folder] of Object.entries(results)) {
      figures.push(...agreement(name, await scoreOf(scene, folder), oracleScore(folder, truth)))
    }
    return figures
  },
}

function oracleScore(folder: string, truth: string): Score {
  const printed = runPython([oracle, join(folder, 'endmembers.npy'), join(folder, 'abundances.npy'), truth])
  const figureAfter = (words: RegExp) => Number(words.exec(printed)?.[1] ?? Number.NaN)
  return {
    sad: figureAfter(/SAD degrees: .* mean ([\d.]+)/),
    armse: figureAfter(/aRMSE percent: ([\d.]+)/),
  }
}

function agreement(name: string, ours: Score, theirs: Score): Figure[] {
  const agrees = (what: string, own: number, other: number, unit: string) =>
    figure(
      `${name}: ${what}`,
      own,
      { text: `${other}${unit}`, passes: (value) => Math.abs(value - other) <= printedTo * (1 + 1e-9) },
      `${own.toFixed(3)}${unit}`,
    )
  return [agrees('aRMSE', ours.armse, theirs.armse, ' %'), agrees('mean SAD', ours.sad, theirs.sad, '°')]
}
