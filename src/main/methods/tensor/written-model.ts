import { join } from 'node:path'
import type { Axis } from '../../../shared/array'
import type { WrittenArtifact } from '../../../shared/method'
import { readNpyHeader } from '../../formats'
import { componentAxis, modelArtifacts } from './dense-input'

/**
 * The artifacts of a run that wrote a Tucker model, and the singular values of its modes where it wrote those. The
 * ranks are what the solver chose, so they are read from the headers of its files.
 */
export async function tuckerArtifacts(
  folder: string,
  modes: readonly Axis[],
  files: readonly string[],
): Promise<WrittenArtifact[]> {
  const core = files.includes('core.npy') ? (await readNpyHeader(join(folder, 'core.npy'))).shape : []
  return [...modelArtifacts(modes, core), ...(await singularValueArtifacts(folder, modes, files))]
}

/** `singularValues-1` … `singularValues-N`, counted from one. */
export async function singularValueArtifacts(
  folder: string,
  modes: readonly Axis[],
  files: readonly string[],
): Promise<WrittenArtifact[]> {
  const artifacts: WrittenArtifact[] = []
  for (const [index, mode] of modes.entries()) {
    const name = `singularValues-${index + 1}`
    if (!files.includes(`${name}.npy`)) continue
    const { shape } = await readNpyHeader(join(folder, `${name}.npy`))
    const axis = componentAxis(shape[0] ?? 0, mode.name)
    artifacts.push({
      name,
      axes: [{ ...axis, coordinates: Array.from({ length: axis.size }, (_, direction) => direction + 1) }],
    })
  }
  return artifacts
}
