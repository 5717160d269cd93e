import { generateScene, unmix } from '../../measurement/scene'
import { meanWithDeviation } from '../../measurement/statistics'
import { forTheRecord, type Check } from '../check'
import { scoreOf } from './score'

/** A scene unlike Samson: more materials, more noise. */
const parameters = { lines: 60, samples: 60, bands: 120, endmembers: 5, snr: 30, contrast: 8 }

const some = [0, 1, 2]

/** What the defaults give elsewhere, so that they can not be suspected of one scene; there is no published mark. */
export const edaaOnSynthetic: Check = {
  name: `Synthetic scene (${Object.entries(parameters)
    .map(([name, value]) => `${name} ${value}`)
    .join(', ')}): EDAA as it ships and by the other rules, VCA + FCLS beside it, ${some.length} seeds`,
  missing: () => null,
  async measure(workspace) {
    const scene = await generateScene(workspace, parameters, 1)
    const { endmembers } = parameters
    const figures = []
    for (const [name, method, own] of [
      ['EDAA', 'edaa', {}],
      ['EDAA by lowest coherence', 'edaa', { rule: 'coherence' }],
      ['EDAA by best fit', 'edaa', { rule: 'fit' }],
      ['VCA + FCLS', 'fcls', {}],
    ] as const) {
      const [sads, armses]: [number[], number[]] = [[], []]
      for (const seed of some) {
        const inputs = method === 'fcls' ? { cube: scene.cube, spectra: null } : { cube: scene.cube }
        const folder = await unmix(workspace, method, inputs, { endmembers, ...own }, seed)
        const { sad, armse } = await scoreOf(scene, folder)
        sads.push(sad)
        armses.push(armse)
      }
      const text = `${meanWithDeviation(sads, 2)}° and ${meanWithDeviation(armses, 2)} %`
      figures.push(forTheRecord(name, sads[0] ?? Number.NaN, text))
    }
    return figures
  },
}
