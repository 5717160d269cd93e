import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { TableValue } from '../../../src/shared/method'
import { importedTable } from '../../measurement/regression-table'
import { normalNumbers, uniformNumbers } from '../../measurement/statistics'
import type { Workspace } from '../../measurement/workspace'

/** How targets come about from a known function; the names are those of the parameter 'observation'. */
export type PlantedKind = 'bernoulli' | 'poisson' | 'student-t' | 'heteroscedastic'

/** Rows of a table, and how many of them come last and are held out. */
const rowCount = 1200
export const heldOutCount = 300

interface Law {
  draw: (f: number, first: number) => number
  /** Natural logarithm of the density, or of the probability, of a target. */
  logDensity: (y: number, f: number, first: number) => number
}

/** Standard deviation of the noise that varies with the first input. */
export const plantedDeviation = (first: number) => 0.1 + 0.15 * (first + 2)

const tailDeviation = 0.2

const law = (kind: PlantedKind, uniform: () => number, normal: () => number): Law => {
  switch (kind) {
    case 'bernoulli':
      return {
        draw: (f) => (uniform() < normalCdf(f) ? 1 : 0),
        logDensity: (y, f) => Math.log(y === 1 ? normalCdf(f) : normalCdf(-f)),
      }
    case 'poisson':
      return { draw: (f) => poisson(Math.exp(f), uniform), logDensity: poissonLogProbability }
    case 'student-t':
      return {
        draw: (f) => f + (tailDeviation * normal()) / Math.hypot(normal(), normal(), normal()) / 3 ** -0.5,
        // Three degrees of freedom.
        logDensity: (y, f) =>
          Math.log(2 / (Math.PI * Math.sqrt(3) * tailDeviation)) -
          2 * Math.log1p(((y - f) / tailDeviation) ** 2 / 3),
      }
    case 'heteroscedastic':
      return {
        draw: (f, first) => f + plantedDeviation(first) * normal(),
        logDensity: (y, f, first) => {
          const deviation = plantedDeviation(first)
          return -0.5 * Math.log(2 * Math.PI) - Math.log(deviation) - 0.5 * ((y - f) / deviation) ** 2
        },
      }
  }
}

/** The planted function of two inputs from −2 to 2. */
const planted = (first: number, second: number) => 1.5 * Math.sin(2 * first) + 0.6 * second ** 2 - 0.8

/** A table with a planted function, its last rows held out, and what its own law says of those rows. */
export async function plantedTable(
  workspace: Workspace,
  kind: PlantedKind,
): Promise<{ table: TableValue; csv: string; nlpd: number }> {
  const uniform = uniformNumbers(17)
  const normal = normalNumbers(uniform)
  const { draw, logDensity } = law(kind, uniform, normal)
  let nlpd = 0
  const lines = Array.from({ length: rowCount }, (_, row) => {
    const [first, second] = [4 * uniform() - 2, 4 * uniform() - 2]
    const f = planted(first, second)
    const y = draw(f, first)
    const held = row >= rowCount - heldOutCount
    if (held) nlpd -= logDensity(y, f, first) / heldOutCount
    return [first, second, y, held ? 1 : 0].join(',')
  })
  const csv = join(workspace.folder, `planted-${kind}.csv`)
  await writeFile(csv, ['a,b,y,held', ...lines].join('\n') + '\n')
  const roles = { 0: 'input', 1: 'input', 2: 'target', 3: 'split' } as const
  return { table: await importedTable(workspace, `planted-${kind}`, [csv], roles), csv, nlpd }
}

/** The distribution function of the standard normal (Abramowitz & Stegun 7.1.26), to 1e-7. */
function normalCdf(at: number): number {
  const x = Math.abs(at) / Math.SQRT2
  const t = 1 / (1 + 0.3275911 * x)
  const series = [1.061405429, -1.453152027, 1.421413741, -0.284496736, 0.254829592]
  const tail = 0.5 * series.reduce((sum, coefficient) => (sum + coefficient) * t, 0) * Math.exp(-x * x)
  return at > 0 ? 1 - tail : tail
}

/** A count with that mean (Knuth's product of uniform numbers). */
function poisson(rate: number, uniform: () => number): number {
  const least = Math.exp(-rate)
  let count = 0
  for (let product = uniform(); product > least; product *= uniform()) count += 1
  return count
}

function poissonLogProbability(y: number, f: number): number {
  let logFactorial = 0
  for (let factor = 2; factor <= y; factor += 1) logFactorial += Math.log(factor)
  return y * f - Math.exp(f) - logFactorial
}
