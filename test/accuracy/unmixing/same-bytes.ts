import { fileHashes } from '../../measurement/file-hashes'
import { generateScene, givenSpectra, unmix } from '../../measurement/scene'
import { figure, type Check, type Figure } from '../check'

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
      const one = await fileHashes(await unmix(workspace, method, inputs, parameters, 11, 1))
      const two = await fileHashes(await unmix(workspace, method, inputs, parameters, 11, 2))
      const different = [...one].filter(([file, hash]) => two.get(file) !== hash).map(([file]) => file)
      figures.push(
        figure(
          `${method}: files that differ, of ${one.size}`,
          different.length + Math.abs(one.size - two.size),
          { text: '0', passes: (count) => count === 0 && one.size > 0 },
          different.length === 0 ? '0' : different.join(', '),
        ),
      )
    }
    return figures
  },
}
