import { join } from 'node:path'
import { Matrix } from 'ml-matrix'
import { cubeOf, givenSpectra, unmix } from '../../measurement/scene'
import { normalNumbers, uniformNumbers } from '../../measurement/statistics'
import { readNpy, type Workspace } from '../../measurement/workspace'
import { atMost, figure, forTheRecord, type Check, type Figure } from '../check'
import { simplexLeastSquares } from './simplex-least-squares'

/** Pixels of one random problem. */
const lines = 10
const samples = 20

const problems = [
  {
    name: 'p 3, 30 bands, pixels inside and outside the simplex',
    bands: 30,
    endmembers: 3,
    noise: 0.3,
    likeness: 0,
  },
  { name: 'p 5, 60 bands, pixels far outside', bands: 60, endmembers: 5, noise: 2, likeness: 0 },
  { name: 'p 7, 100 bands, little noise', bands: 100, endmembers: 7, noise: 0.01, likeness: 0 },
  { name: 'p 6, 80 bands, endmembers much alike', bands: 80, endmembers: 6, noise: 0.05, likeness: 0.95 },
] as const

type Problem = (typeof problems)[number]

/** FCLS against exact enumeration of all supports. */
export const fclsAgainstReference: Check = {
  name: 'FCLS against exact enumeration of the quadratic programme, random problems',
  missing: () => null,
  async measure(workspace) {
    const figures: Figure[] = []
    for (const [index, problem] of problems.entries())
      figures.push(...(await compare(workspace, problem, index)))
    return figures
  },
}

async function compare(workspace: Workspace, problem: Problem, index: number): Promise<Figure[]> {
  const { bands, endmembers: count } = problem
  const { endmembers, pixels } = randomProblem(problem, 1000 + index)
  const cube = await workspace.write(
    `pixels-${index}.npy`,
    [lines, samples, bands],
    Float64Array.from(pixels.flat()),
  )
  const spectra = await workspace.write(
    `spectra-${index}.npy`,
    [bands, count],
    Float64Array.from(endmembers.to1DArray()),
  )
  const folder = await unmix(
    workspace,
    'fcls',
    { cube: cubeOf(cube), spectra: givenSpectra(spectra) },
    { normalisation: 'none' },
  )
  const { values } = await readNpy(join(folder, 'abundances.npy'))
  let worst = 0
  let active = 0
  pixels.forEach((pixel, position) => {
    simplexLeastSquares(endmembers, pixel).forEach((share, endmember) => {
      const ours = values[endmember * lines * samples + position] ?? Number.NaN
      worst = Math.max(worst, Number.isNaN(ours) ? Number.POSITIVE_INFINITY : Math.abs(ours - share))
      if (share === 0) active += 1
    })
  })
  const zeros = active / (pixels.length * count)
  return [
    figure(
      `${problem.name}: largest difference of an abundance`,
      worst,
      atMost(1e-8),
      worst.toExponential(2),
    ),
    forTheRecord(`${problem.name}: abundances that are zero`, zeros, `${(100 * zeros).toFixed(0)} %`),
  ]
}

function randomProblem({ bands, endmembers: count, noise, likeness }: Problem, seed: number) {
  const uniform = uniformNumbers(seed)
  const normal = normalNumbers(uniform)
  const common = Array.from({ length: bands }, uniform)
  const endmembers = new Matrix(
    common.map((base) => Array.from({ length: count }, () => likeness * base + (1 - likeness) * uniform())),
  )
  const pixels = Array.from({ length: lines * samples }, () => {
    const weights = Array.from({ length: count }, () => -Math.log(1 - uniform()))
    const sum = weights.reduce((total, weight) => total + weight)
    return common.map((_, band) =>
      weights.reduce(
        (total, weight, index) => total + (weight / sum) * endmembers.get(band, index),
        noise * normal(),
      ),
    )
  })
  return { endmembers, pixels }
}
