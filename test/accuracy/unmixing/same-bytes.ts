import { generateScene, givenSpectra, unmix } from '../../measurement/scene'
import type { Check, Figure } from '../check'
import { sameBytesFigure } from '../same-bytes-figure'

/** The number of threads must not show in any byte that is written. */
export const sameBytesOnAnyThreads: Check = {
  name: 'The same bytes on 1 and on 2 threads',
  missing: () => null,
  async measure(workspace) {
    const { cube, truth } = await generateScene(
      workspace,
      { lines: 53, samples: 61, bands: 90, endmembers: 5 },
      3,
    )
    const spectra = givenSpectra(truth.endmembers)
    const cases: [string, Parameters<typeof unmix>[2], Record<string, unknown>][] = [
      ['noise-estimate', { cube }, {}],
      ['bad-bands', { cube }, {}],
      ['mnf', { cube }, {}],
      ['endmember-count', { cube }, {}],
      ['vca', { cube }, { endmembers: 5 }],
      ['n-findr', { cube }, { endmembers: 5 }],
      ['atgp', { cube }, { endmembers: 5 }],
      ['ppi', { cube }, { endmembers: 5, skewers: 1000 }],
      ['sisal', { cube }, { endmembers: 5, maxIterations: 20 }],
      ['ucls', { cube, spectra }, {}],
      ['nnls', { cube, spectra }, {}],
      ['fcls', { cube, spectra }, {}],
      ['edaa', { cube }, { endmembers: 5, rounds: 5, restarts: 6 }],
      ['ss-nmf', { cube, start: null }, { endmembers: 5, maxIterations: 60, negativeValues: 'clip' }],
    ]
    const figures: Figure[] = []
    for (const [method, inputs, parameters] of cases) {
      figures.push(
        await sameBytesFigure(method, (threads) => unmix(workspace, method, inputs, parameters, 11, threads)),
      )
    }
    return figures
  },
}
