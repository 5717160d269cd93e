import type { Method } from '../../../shared/method'
import { fcls } from './fcls'
import { ssNmf } from './ss-nmf'
import { syntheticScene } from './synthetic-scene'
import { vca } from './vca'

/** Methods of the family, in the order they are offered. */
export const unmixingMethods: readonly Method[] = [
  // Before and how many

  // Extraction
  vca,

  // Abundances
  fcls,

  // Libraries

  // Blind
  ssNmf,

  // Robust

  // How sure

  // Scenes
  syntheticScene,
]
