import { basename, join } from 'node:path'
import { bytesPerElement, type ArraySource } from '../../shared/array'
import type { Artifact } from '../../shared/run'

/** Where an artifact's numbers lie. Only the file's own name counts: a run never points out of its folder. */
export function artifactSource(runFolder: string, artifact: Artifact): ArraySource {
  const { dtype, byteOrder, offset, shape, strides } = artifact
  return { path: join(runFolder, basename(artifact.file)), dtype, byteOrder, offset, shape, strides }
}

/** The part of an array with one index fixed: one axis fewer, the same file. */
export function fixIndex(source: ArraySource, axis: number, index: number): ArraySource {
  const step = source.strides[axis] ?? 0
  return {
    ...source,
    offset: source.offset + index * step * bytesPerElement[source.dtype],
    shape: source.shape.filter((_, other) => other !== axis),
    strides: source.strides.filter((_, other) => other !== axis),
  }
}

/** Every `step`-th entry along every axis, beginning with the first. */
export function thinSource(source: ArraySource, step: number): ArraySource {
  return {
    ...source,
    shape: source.shape.map((size) => Math.ceil(size / step)),
    strides: source.strides.map((stride) => stride * step),
  }
}

/** How far apart the entries lie that are kept so that no axis is longer than `side`. */
export function thinningStep(shape: readonly number[], side: number): number {
  return Math.max(1, Math.ceil(Math.max(...shape) / side))
}

/** Words for a caption about a thinned picture; empty where every pixel is shown. */
export function thinningSentence(step: number): string {
  if (step === 1) return ''
  const ordinal = step === 2 ? 'second' : step === 3 ? 'third' : `${step}th`
  return ` Drawn from every ${ordinal} pixel of every ${ordinal} line.`
}
