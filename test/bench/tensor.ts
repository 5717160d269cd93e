import type { Benchmark } from './benchmark'
import { nonnegativeSpeed } from './tensor/nonnegative-speed'
import { sparseMemory } from './tensor/sparse-memory'
import { streamingMemory } from './tensor/streaming-memory'
import { tuckerSpeed } from './tensor/tucker-speed'

/** How fast and how small Tucker decomposition has to be. */
export const tensor: readonly Benchmark[] = [
  // Dense
  tuckerSpeed,
  nonnegativeSpeed,
  streamingMemory,

  // Missing and scattered
  sparseMemory,
]
