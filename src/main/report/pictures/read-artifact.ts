import type { Artifact } from '../../../shared/run'
import { readWhole, type Float64Values } from '../../formats'
import { artifactSource } from '../array-sources'
import { unreadable, type Unreadable } from './unreadable'

/** The numbers of an artifact, whole; or what stands in the figure's place where its file cannot be read. */
export function readArtifact(
  run: { folder: string },
  artifact: Artifact,
): Promise<Float64Values | Unreadable> {
  return unreadable(artifact.title, () => readWhole(artifactSource(run.folder, artifact)))
}
