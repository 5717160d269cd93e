import type { Benchmark } from './benchmark'
import { sparseMemory } from './tensor/sparse-memory'

/** How fast and how small Tucker decomposition has to be. */
export const tensor: readonly Benchmark[] = [sparseMemory]
