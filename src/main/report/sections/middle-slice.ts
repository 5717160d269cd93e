import type { ArraySource } from '../../../shared/array'
import type { Artifact } from '../../../shared/run'
import { artifactSource, fixIndex } from '../array-sources'

/** The plane of an array's last two axes through the middle of all others, and the words that say so. */
export function middleSlice(folder: string, artifact: Artifact): { source: ArraySource; notes: string[] } {
  let source = artifactSource(folder, artifact)
  const places: string[] = []
  for (let axis = 0; source.shape.length > 2; axis += 1) {
    const index = Math.floor((source.shape[0] ?? 1) / 2)
    places.push(`${artifact.axes[axis]?.name ?? `axis ${axis + 1}`} ${index}`)
    source = fixIndex(source, 0, index)
  }
  const notes = places.length === 0 ? [] : [`The slice at ${places.join(', ')} (counted from 0).`]
  return { source, notes }
}
