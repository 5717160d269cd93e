import type { Method } from '../../../shared/method'
import { anisotropicDiffusion } from './anisotropic-diffusion'
import { convectionDiffusion } from './convection-diffusion'
import { darcy } from './darcy'
import { evolutionOperators } from './evolution-operators'
import { helmholtz } from './helmholtz'
import { poisson } from './poisson'

/** Methods of the family, in the order they are offered. */
export const krylovMethods: readonly Method[] = [
  // Generators
  poisson,
  anisotropicDiffusion,
  convectionDiffusion,
  helmholtz,
  darcy,
  evolutionOperators,
]
