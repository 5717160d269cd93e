import { join } from 'node:path'
import { findMethod } from '../../../src/main/methods'
import { missingModules, runPython } from '../../measurement/python'
import { tensorOf } from '../../measurement/scattered-tensor'
import { npySource, readNpy, type Workspace } from '../../measurement/workspace'
import { missingSharedData, missingWords, sharedData } from '../../shared-data-files'
import { figure, forTheRecord, type Check, type Figure } from '../check'

const files = ['tensors/kinetic.npy', 'tensors/kinetic_missing.npy'] as const
const ranks = [5, 5, 5, 5]
const share = 0.1
const seeds = [0, 1, 2]

const below = (limit: number, whose: string) => ({
  text: `< ${limit.toPrecision(4)}, ${whose}`,
  passes: (value: number) => value < limit,
})

/** Kinetic fluorescence data of which a tenth of the observed entries is held out. */
export const maskedOnKinetic: Check = {
  name: `Kinetic fluorescence with its mask: masked Tucker at ${ranks.join(', ')}, a tenth held out, ${seeds.length} seeds`,
  missing: () => {
    const missing = missingSharedData(files)
    return missing.length === 0 ? null : missingWords(missing)
  },
  async measure(workspace) {
    const [values, mask] = files.map((file) => sharedData(file))
    if (typeof values !== 'string' || typeof mask !== 'string') throw new Error('The files are gone.')
    const figures: Figure[] = []
    for (const seed of seeds) figures.push(...(await compare(workspace, values, mask, seed)))
    return figures
  },
}

async function compare(workspace: Workspace, values: string, mask: string, seed: number): Promise<Figure[]> {
  const source = await npySource(values)
  const tensor = tensorOf(source, source.shape, { mask: await npySource(mask) })
  const { params, check, solve } = findMethod('masked-tucker')
  const parameters = params.parse({ ranks, holdOutShare: share })
  check({ tensor }, parameters)
  const context = await workspace.solve(seed)
  const { figures } = await solve({ tensor }, parameters, context)
  const reported = figures['holdOutRmse'] ?? Number.NaN
  const held = await readNpy(join(context.folder, 'holdOut.npy'))
  const [count = 0, columns = 0] = held.shape
  let sum = 0
  const places = new Float64Array(count * (columns - 1))
  for (let entry = 0; entry < count; entry += 1) {
    const row = held.values.subarray(entry * columns, (entry + 1) * columns)
    sum += ((row[0] ?? 0) - (row[1] ?? 0)) ** 2
    // The truth and the place, without what was predicted.
    places.set([row[0] ?? 0, ...row.subarray(2)], entry * (columns - 1))
  }
  const recomputed = Math.sqrt(sum / count)
  const name = (what: string) => `seed ${seed}: ${what}`
  const found = [
    figure(name('RMSE on held-out entries, against predicting the mean'), reported, {
      ...below(figures['meanImputationRmse'] ?? Number.NaN, 'mean imputation'),
    }),
    figure(name('the same from the file it wrote: difference'), Math.abs(recomputed - reported) / reported, {
      text: '≤ 1e-12',
      passes: (value) => value <= 1e-12,
    }),
    forTheRecord(name('relative error on held-out entries'), figures['holdOutRelativeError'] ?? Number.NaN),
    forTheRecord(name('relative error on fitted entries'), figures['observedError'] ?? Number.NaN),
  ]
  if (missingModules(['tensorly', 'numpy']).length > 0) return found
  const heldFile = await workspace.write(`held-${seed}.npy`, [count, columns - 1], places)
  const script = join(import.meta.dirname, 'kinetic.py')
  const printed = runPython([script, values, mask, heldFile.path, ranks.join(',')])
  const theirs = (JSON.parse(printed) as { rmse: number }).rmse
  found.push(
    figure(
      name("RMSE on held-out entries, against TensorLy's"),
      reported,
      below(theirs, "TensorLy's masked Tucker"),
    ),
  )
  return found
}
