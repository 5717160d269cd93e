import type { Benchmark } from './benchmark'
import { edaaSpeed } from './unmixing/edaa-speed'
import { extractionSpeed } from './unmixing/extraction-speed'
import { fclsSpeed } from './unmixing/fcls-speed'
import { nmfSpeed } from './unmixing/nmf-speed'
import { tiledMemory } from './unmixing/tiled-memory'

/** What is measured of hyperspectral unmixing. */
export const unmixing: readonly Benchmark[] = [edaaSpeed, extractionSpeed, fclsSpeed, tiledMemory]
export const unmixing: readonly Benchmark[] = [edaaSpeed, fclsSpeed, tiledMemory]
export const unmixing: readonly Benchmark[] = [fclsSpeed, nmfSpeed, tiledMemory]
export const unmixing: readonly Benchmark[] = [fclsSpeed, nmfSpeed, edaaSpeed, tiledMemory]
