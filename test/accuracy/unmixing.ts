import type { Check } from './check'
import { edaaOnSamson } from './unmixing/edaa-on-samson'
import { edaaOnSynthetic } from './unmixing/edaa-on-synthetic'
import { endmemberCountRight } from './unmixing/endmember-count'
import { fclsAgainstReference } from './unmixing/fcls-against-reference'
import { libraryOnDc2 } from './unmixing/library-on-dc2'
import { samsonFloor } from './unmixing/samson-floor'
import { sameBytesOnAnyThreads } from './unmixing/same-bytes'
import { scoreAgainstOracle } from './unmixing/score-against-oracle'
import { ssNmfOnSamson } from './unmixing/ss-nmf-on-samson'
import { ssNmfOnSynthetic } from './unmixing/ss-nmf-on-synthetic'

/** What hyperspectral unmixing has to reach. */
export const unmixing: readonly Check[] = [
  endmemberCountRight,
  fclsAgainstReference,
  libraryOnDc2,
  samsonFloor,
  scoreAgainstOracle,
  ssNmfOnSamson,
  ssNmfOnSynthetic,
  edaaOnSamson,
  edaaOnSynthetic,
  sameBytesOnAnyThreads,
]
