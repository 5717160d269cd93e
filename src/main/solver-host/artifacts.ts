import { stat } from 'node:fs/promises'
import { join } from 'node:path'
import type { MethodDescription, WrittenArtifact } from '../../shared/method'
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
  for (const { name, axes } of written) {
    const output = method.outputs.find((candidate) => candidate.name === name)
    if (output === undefined) throw new Error(`${method.id} wrote '${name}', which its spec does not name.`)
    const file = `${name}.npy`
    const path = join(folder, file)
    const layout = await readNpyHeader(path)
    const { minimum, maximum } = await loadNative().summariseArray({ ...layout, path }, 1, null, threads)
    artifacts.push({
      ...layout,
      name,
      title: output.title,
      meaning: output.meaning,
      unit: output.unit,
      scale: output.scale,
      deviationOf: output.deviationOf,
      axisScales: output.axisScales,
      file,
      bytes: (await stat(path)).size,
      sha256: await hashFile(path),
      axes,
      minimum,
      maximum,
    })
  }
  return artifacts
}
