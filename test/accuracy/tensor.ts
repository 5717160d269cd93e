import type { Check } from './check'
import { functionalOnBeijing } from './tensor/beijing'
import { coreShapeAgainstBruteForce } from './tensor/core-shape-against-brute-force'
import { denseSameBytes } from './tensor/dense-same-bytes'
import { maskedOnKinetic } from './tensor/kinetic'
import { tuckerOnSamson } from './tensor/tucker-on-samson'
import { viewsBelowThreshold } from './tensor/views-below-threshold'

/** What Tucker decomposition has to reach. */
export const tensor: readonly Check[] = [
  // Dense
  tuckerOnSamson,
  coreShapeAgainstBruteForce,
  viewsBelowThreshold,
  denseSameBytes,

  // Missing and scattered
  maskedOnKinetic,
  ...functionalOnBeijing,
]
