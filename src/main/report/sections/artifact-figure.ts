import type { Float64Values } from '../../formats'
import type { Artifact } from '../../../shared/run'
import type { Block } from '../document'
import { readArtifact } from '../pictures/read-artifact'
import type { ReportedRun } from '../report-input'

/** What the figure of an artifact is asked for with. */
export interface FigureRequest {
  /** Unique in the document. */
  key: string
  run: ReportedRun
  artifact: Artifact
  /** Sentences that follow the title in the caption. */
  notes: string[]
}

/** Draws an artifact as one figure. */
export type ArtifactFigure = (request: FigureRequest) => Promise<Block>

/** A figure drawn from the numbers of its artifact; where their file cannot be read, the sentence that says so. */
export function artifactFigure(
  draw: (read: Float64Values, request: FigureRequest) => Block | Promise<Block>,
): ArtifactFigure {
  return async (request) => {
    const read = await readArtifact(request.run, request.artifact)
    return 'type' in read ? read : draw(read, request)
  }
}
