import type { Benchmark } from './benchmark'
import { fclsSpeed } from './unmixing/fcls-speed'
import { tiledMemory } from './unmixing/tiled-memory'

/** What is measured of hyperspectral unmixing. */
export const unmixing: readonly Benchmark[] = [fclsSpeed, tiledMemory]
