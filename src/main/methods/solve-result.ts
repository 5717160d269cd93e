import type { SolveResult, WrittenArtifact } from '../../shared/method'
import type { Info } from './native'

/** What the addon reported, with the axes of the files it wrote. */
export function solveResult(info: Info, artifacts: WrittenArtifact[]): SolveResult {
  const { files, ...figures } = info
  const written = new Set(files)
  return { ...figures, artifacts: artifacts.filter(({ name }) => written.has(`${name}.npy`)) }
}
