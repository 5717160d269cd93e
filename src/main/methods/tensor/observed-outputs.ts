import { join } from 'node:path'
import type { Axis } from '../../../shared/array'
import { output, type WrittenArtifact } from '../../../shared/method'
import { readNpyHeader } from '../../formats'
import type { Info } from '../native'
import { componentAxis } from './dense-input'

/** Core and factors of a model of observed entries. */
export const modelOutputs = {
  core: output.tensor({
    title: 'Core',
    scale: 'diverging',
    help: 'How strongly every combination of components, one of each mode, takes part.',
  }),
  factors: output.factors({
    title: 'Factors',
    each: 'mode',
    scale: 'diverging',
    help: 'Components along every mode, over its coordinates where there are some.',
  }),
}

/** Predictions of what was kept back. */
export const holdOutOutput = output.scatter({
  title: 'Held-out entries',
  optional: true,
  help: 'Observed against predicted values of the entries that were kept back. A good model lies on the diagonal.',
})

/** `holdOut`: a row an entry, with the quantities the addon wrote; nothing where no entry was kept back. */
export async function holdOutArtifacts(
  info: Info,
  folder: string,
  modes: readonly Axis[],
  withDeviation: boolean,
): Promise<WrittenArtifact[]> {
  if (!info.files.includes('holdOut.npy')) return []
  const { shape } = await readNpyHeader(join(folder, 'holdOut.npy'))
  const indices = modes.map(({ name }) => `index of ${name}`)
  const labels = ['observed', 'predicted', ...(withDeviation ? ['deviation'] : []), ...indices]
  return [
    {
      name: 'holdOut',
      axes: [
        { name: 'entry', size: shape[0] ?? 0, unit: null, coordinates: null, labels: null },
        { name: 'quantity', size: labels.length, unit: null, coordinates: null, labels },
      ],
    },
  ]
}

/** One number for each mode. */
export function modeAxis(modes: readonly Axis[]): Axis {
  return { ...componentAxis(modes.length, 'mode'), labels: modes.map(({ name }) => name) }
}
