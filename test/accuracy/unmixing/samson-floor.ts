import { existsSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { missingModules, runPython } from '../../measurement/python'
import { givenSpectra, unmix } from '../../measurement/scene'
import { sharedData, sharedDataFolder } from '../../shared-data-files'
import { figure, forTheRecord, within, type Check, type Figure } from '../check'
import { samson, samsonMissing, scoreOf } from './score'

const oracle = resolve(sharedDataFolder, '..', 'oracle', 'score_unmixing.py')

/** FCLS with Samson's true endmembers: the floor below which the labels themselves are wrong. */
export const samsonFloor: Check = {
  name: 'Samson, pixels of unit length: FCLS with the true endmembers',
  missing: samsonMissing,
  async measure(workspace) {
    const scene = await samson(workspace)
    const spectra = givenSpectra(scene.truth.endmembers)
    const folder = await unmix(workspace, 'fcls', { cube: scene.cube, spectra }, {})
    const { sad, armse } = await scoreOf(scene, folder)
    const raw = await unmix(workspace, 'fcls', { cube: scene.cube, spectra }, { normalisation: 'none' })
    return [
      figure('aRMSE', armse, within(4.06, 0.05, ' %'), `${armse.toFixed(3)} %`),
      ...oracleFigures(workspace.folder, folder, { sad, armse }),
      forTheRecord('aRMSE on raw pixels', (await scoreOf(scene, raw)).armse),
    ]
  },
}

/** The independent oracle on the same files; it prints three decimals, and they must be ours. */
function oracleFigures(workFolder: string, folder: string, ours: { sad: number; armse: number }): Figure[] {
  const absent = [...(existsSync(oracle) ? [] : ['score_unmixing.py']), ...missingModules(['numpy', 'scipy'])]
  if (absent.length > 0)
    return [forTheRecord(`agreement with the oracle: skipped, ${absent.join(', ')} missing`, 0, '–')]
  const truth = join(workFolder, 'truth.npz')
  runPython([oracle, '--make-truth', sharedData('unmixing/samson_gt.mat') ?? '', truth])
  const printed = runPython([oracle, join(folder, 'endmembers.npy'), join(folder, 'abundances.npy'), truth])
  const theirs = (pattern: RegExp) => Number(pattern.exec(printed)?.[1] ?? Number.NaN)
  const agrees = (name: string, own: number, other: number, unit: string) =>
    figure(
      `${name} of score_unmixing.py`,
      other,
      {
        text: `our ${own.toFixed(3)} ${unit}, to the printed digits`,
        passes: (value) => Math.abs(value - own) < 0.00051,
      },
      `${other} ${unit}`,
    )
  return [
    agrees('aRMSE', ours.armse, theirs(/aRMSE percent: ([\d.]+)/), '%'),
    agrees('mean SAD', ours.sad, theirs(/mean ([\d.]+)/), '°'),
  ]
}
