import { join } from 'node:path'
import { EigenvalueDecomposition, Matrix, determinant } from 'ml-matrix'
import { columns, cosineTable, degrees, match } from '../../../src/main/methods/unmixing/score'
import { generateScene, unmix, type Scene } from '../../measurement/scene'
import { mean, meanWithDeviation } from '../../measurement/statistics'
import { npySource, readNpy, type Workspace } from '../../measurement/workspace'
import { figure, forTheRecord, type Check, type Figure } from '../check'

/** Contrast makes pixels that hold next to nothing of some materials: the facets of the simplex are touched. */
const size = { lines: 60, samples: 60, bands: 120, endmembers: 4, snr: 40, contrast: 12, smoothness: 3 }
const purest = 0.7
const seeds = [1, 2, 3, 4, 5]

const methods = ['n-findr', 'vca', 'sisal'] as const
type Extraction = (typeof methods)[number]

/** What extraction finds where there are pure pixels, and where there are none. */
export const extractionQuality: Check = {
  name: `Extraction: ${size.lines} × ${size.samples} pixels, ${size.bands} bands, p = ${size.endmembers}, ${size.snr} dB, ${seeds.length} scenes, with pure pixels and with none above ${100 * purest} %`,
  missing: () => null,
  async measure(workspace) {
    const figures: Figure[] = []
    for (const [kind, purityCap] of [
      ['with pure pixels', 1],
      ['without', purest],
    ] as const) {
      const angles: Record<Extraction, number[]> = { 'n-findr': [], 'vca': [], 'sisal': [] }
      const volumes: number[] = []
      for (const seed of seeds) {
        const scene = await generateScene(workspace, { ...size, purityCap }, seed)
        const folders = {} as Record<Extraction, string>
        for (const method of methods) {
          folders[method] = await extract(workspace, method, scene, seed)
          angles[method].push(await meanAngle(scene, folders[method]))
        }
        const volume = await volumeOfPicks(scene)
        volumes.push((await volume(folders['n-findr'])) / (await volume(folders.vca)))
      }
      figures.push(
        ...methods.map((method) =>
          forTheRecord(
            `${method}, ${kind}: mean SAD`,
            mean(angles[method]),
            `${meanWithDeviation(angles[method], 2)}°`,
          ),
        ),
        figure(`N-FINDR's volume over VCA's, ${kind}: smallest`, Math.min(...volumes), {
          text: '≥ 1 on every scene',
          passes: (value) => value >= 1 - 1e-9,
        }),
      )
      if (purityCap < 1) {
        const better = seeds.filter((_, index) => (angles.sisal[index] ?? 180) < (angles.vca[index] ?? 0))
        figures.push(
          figure(
            'scenes without pure pixels where SISAL is nearer to the truth than VCA',
            better.length,
            { text: `all ${seeds.length}`, passes: (count) => count === seeds.length },
            `${better.length} of ${seeds.length}`,
          ),
        )
      }
    }
    return figures
  },
}

async function extract(workspace: Workspace, method: Extraction, { cube }: Scene, seed: number) {
  return unmix(workspace, method, { cube }, { endmembers: size.endmembers, normalisation: 'none' }, seed)
}

/** Degrees between the true spectra and those found, matched at the smallest total. */
async function meanAngle({ truth }: Scene, folder: string): Promise<number> {
  const found = await columns(await npySource(join(folder, 'endmembers.npy')))
  const table = cosineTable(await columns(truth.endmembers), found).map((row) => row.map(degrees))
  return mean(match(table).map((component, row) => table[row]?.[component ?? -1] ?? Number.NaN))
}

/** |det| of the pixels that a folder's `positions.npy` names, in the plane of the first principal components. */
async function volumeOfPicks({ cube }: Scene): Promise<(folder: string) => Promise<number>> {
  const { bands, samples, lines, endmembers } = size
  const { values } = await readNpy(cube.source.path)
  const pixels = Matrix.from1DArray(lines * samples, bands, values)
  const centred = pixels.center('column')
  const covariance = centred.transpose().mmul(centred)
  const { eigenvectorMatrix } = new EigenvalueDecomposition(covariance, { assumeSymmetric: true })
  const plane = centred.mmul(eigenvectorMatrix.subMatrix(0, bands - 1, bands - endmembers + 1, bands - 1))
  return async (folder) => {
    const { values: places } = await readNpy(join(folder, 'positions.npy'))
    const vertices = Array.from({ length: endmembers }, (_, j) => [
      1,
      ...plane.getRow((places[2 * j] ?? 0) * samples + (places[2 * j + 1] ?? 0)),
    ])
    return Math.abs(determinant(new Matrix(vertices)))
  }
}
