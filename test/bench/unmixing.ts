import type { Benchmark } from './benchmark'
import { edaaSpeed } from './unmixing/edaa-speed'
import { extractionSpeed } from './unmixing/extraction-speed'
import { fclsSpeed } from './unmixing/fcls-speed'
import { nmfSpeed } from './unmixing/nmf-speed'
import { sunsalSpeed } from './unmixing/sunsal-speed'
import { tiledMemory } from './unmixing/tiled-memory'

/** What is measured of hyperspectral unmixing. */
export const unmixing: readonly Benchmark[] = [
  // Abundances and extraction
  fclsSpeed,
  extractionSpeed,

  // Libraries
  sunsalSpeed,

  // Blind
  nmfSpeed,
  edaaSpeed,

  // Memory
  tiledMemory,
]
