import type { Method } from '../../../shared/method'
import { section } from '../section'
import { bootstrapOf } from './bootstrap'
import { edaa } from './edaa'
import { atgp } from './atgp'
import { badBands } from './bad-bands'
import { endmemberCount } from './endmember-count'
import { collaborativeSunsal } from './collaborative-sunsal'
import { fcls } from './fcls'
import { correntropyNmf } from './nmf/correntropy-nmf'
import { dgsNmf } from './nmf/dgs-nmf'
import { glnmf } from './nmf/glnmf'
import { graphNmf } from './nmf/graph-nmf'
import { l1Nmf } from './nmf/l1-nmf'
import { l12Nmf } from './nmf/l12-nmf'
import { minimumVolumeNmf } from './nmf/minimum-volume-nmf'
import { nmf } from './nmf/nmf'
import { rrlbs } from './nmf/rrlbs'
import { ssNmf } from './nmf/ss-nmf'
import { libraryScene } from './library-scene'
import { lambdaPath } from './lambda-path'
import { librarySubsetsOf } from './library-subsets'
import { seedSpreadOf } from './seed-spread'
import { mnf } from './mnf'
import { nFindr } from './n-findr'
import { nnls } from './nnls'
import { noiseEstimate } from './noise-estimate'
import { pickedPixels } from './picked-pixels'
import { ppi } from './ppi'
import { sisal } from './sisal'
import { multiscale } from './multiscale'
import { pruneLibrary } from './prune-library'
import { resampleLibrary } from './resample-library'
import { sunsal } from './sunsal'
import { sunsalTv } from './sunsal-tv'
import { syntheticScene } from './synthetic-scene'
import { ucls } from './ucls'
import { vca } from './vca'

/** Everything but the methods that repeat others. */
const directMethods: readonly Method[] = [
  ...section('Before', [badBands, noiseEstimate, mnf]),
  ...section('How many', [endmemberCount]),
  ...section('Extraction', [vca, nFindr, atgp, ppi, sisal, pickedPixels]),
  ...section('Abundances', [fcls, nnls, ucls]),
  ...section('Library', [
    resampleLibrary,
    pruneLibrary,
    lambdaPath,
    sunsal,
    collaborativeSunsal,
    sunsalTv,
    multiscale,
  ]),
  ...section('Blind', [nmf, l1Nmf, l12Nmf, graphNmf, glnmf, edaa, ssNmf, minimumVolumeNmf, dgsNmf]),
  ...section('Robust', [correntropyNmf, rrlbs]),
  ...section('Generators', [syntheticScene, libraryScene]),
]

/** Methods of the family, in the order they are offered; those that repeat others come last. */
export const unmixingMethods: readonly Method[] = [
  ...directMethods,
  ...section('How sure', [
    seedSpreadOf(directMethods),
    bootstrapOf(directMethods),
    librarySubsetsOf(directMethods),
  ]),
]
