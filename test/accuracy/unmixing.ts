import type { Check } from './check'
import { edaaOnSamson } from './unmixing/edaa-on-samson'
import { edaaOnSynthetic } from './unmixing/edaa-on-synthetic'
import { endmemberCountRight } from './unmixing/endmember-count'
import { extractionQuality } from './unmixing/extraction-quality'
import { fclsAgainstReference } from './unmixing/fcls-against-reference'
import { libraryOnDc2 } from './unmixing/library-on-dc2'
import { l12NmfOnSamson } from './unmixing/l12-nmf-on-samson'
import { nmfDefaultsOnLibraryScene } from './unmixing/nmf-defaults-on-library-scene'
import { robustOnCorruptedSamson, robustOnCorruptedSynthetic } from './unmixing/robust-on-corrupted-samson'
import { samsonFloor } from './unmixing/samson-floor'
import { sameBytesOnAnyThreads } from './unmixing/same-bytes'
import { scoreAgainstOracle } from './unmixing/score-against-oracle'
import { ssNmfAgainstItsFamily, ssNmfAgainstItsFamilyOnSynthetic } from './unmixing/ss-nmf-against-its-family'
import { ssNmfOnSamson } from './unmixing/ss-nmf-on-samson'
import { ssNmfOnSynthetic } from './unmixing/ss-nmf-on-synthetic'

/** What hyperspectral unmixing has to reach. */
export const unmixing: readonly Check[] = [
  endmemberCountRight,
  extractionQuality,
  fclsAgainstReference,
  libraryOnDc2,
  samsonFloor,
  scoreAgainstOracle,
  ssNmfOnSamson,
  ssNmfOnSynthetic,
  edaaOnSamson,
  edaaOnSynthetic,
  l12NmfOnSamson,
  ssNmfAgainstItsFamily,
  ssNmfAgainstItsFamilyOnSynthetic,
  robustOnCorruptedSamson,
  robustOnCorruptedSynthetic,
  nmfDefaultsOnLibraryScene,
  sameBytesOnAnyThreads,
]
