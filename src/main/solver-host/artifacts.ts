import { stat } from 'node:fs/promises'
import { join } from 'node:path'
import {
  outputOfArtifact,
  type MethodDescription,
  type OutputDescription,
  type WrittenArtifact,
} from '../../shared/method'
import type { Artifact } from '../../shared/run'
import { readNpyHeader } from '../formats'
import { loadNative } from '../methods/native'
import { hashFile } from './file-hash'

/** What a run wrote, as its record names it: layout, checksum and range of every array. */
export async function describeArtifacts(
  folder: string,
  method: MethodDescription,
  written: readonly WrittenArtifact[],
  threads: number,
): Promise<Artifact[]> {
  const artifacts: Artifact[] = []
  for (const { name, axes, quantity } of written) {
    const output = outputOfArtifact(method.outputs, name)
    if (output === undefined) throw new Error(`${method.id} wrote '${name}', which its spec does not name.`)
    const file = `${name}.npy`
    const path = join(folder, file)
    const layout = await readNpyHeader(path)
    const { minimum, maximum } = await loadNative().summariseArray({ ...layout, path }, 1, null, threads)
    artifacts.push({
      ...layout,
      name,
      title: output.each === null ? output.title : `${output.title}: ${axes[0]?.name ?? ''}`,
      meaning: output.meaning,
      unit: output.unit,
      scale: output.scale,
      deviationOf: deviationOf(output, name),
      axisScales: output.axisScales,
      file,
      bytes: (await stat(path)).size,
      sha256: await hashFile(path),
      axes,
      ...(quantity === undefined ? {} : { quantity }),
      minimum,
      maximum,
    })
  }
  return artifacts
}

/** The deviation of one of each mode belongs to its counterpart of the same mode. */
function deviationOf({ name, each, deviationOf: of }: OutputDescription, artifact: string): string | null {
  return of === null || each === null ? of : of + artifact.slice(name.length)
}
