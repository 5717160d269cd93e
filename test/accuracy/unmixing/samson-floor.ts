import { givenSpectra, unmix } from '../../measurement/scene'
import { figure, forTheRecord, within, type Check } from '../check'
import { samson, samsonMissing, scoreOf } from './score'

/** FCLS with Samson's true endmembers: the floor below which the labels themselves are wrong. */
export const samsonFloor: Check = {
  name: 'Samson, pixels of unit length: FCLS with the true endmembers',
  missing: samsonMissing,
  async measure(workspace) {
    const { cube, truth } = await samson(workspace)
    const spectra = givenSpectra(truth.endmembers)
    const armse = async (normalisation: string) => {
      const folder = await unmix(workspace, 'fcls', { cube, spectra }, { normalisation })
      return (await scoreOf({ cube, truth }, folder)).armse
    }
    const floor = await armse('unit-length')
    const raw = await armse('none')
    return [
      figure('aRMSE', floor, within(4.06, 0.05, ' %'), `${floor.toFixed(3)} %`),
      forTheRecord('aRMSE on raw pixels, where the truth is on another scale', raw, `${raw.toFixed(3)} %`),
    ]
  },
}
