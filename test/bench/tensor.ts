import type { Benchmark } from './benchmark'
import { nonnegativeSpeed, nonnegativeSpeedOnSamson } from './tensor/nonnegative-speed'
import { sparseMemory } from './tensor/sparse-memory'
import { streamingMemory } from './tensor/streaming-memory'
import { tuckerSpeed } from './tensor/tucker-speed'

/** How fast and how small Tucker decomposition has to be. */
export const tensor: readonly Benchmark[] = [
  // Dense
  tuckerSpeed,
  nonnegativeSpeed,
  nonnegativeSpeedOnSamson,
  streamingMemory,

  // Missing and scattered
  sparseMemory,
]
