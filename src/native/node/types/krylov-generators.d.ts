import type { Context, Info } from './common'

export type GridBoundary = 'dirichlet' | 'neumann' | 'periodic' | 'mixed'
export type GeneratedRightHandSide = 'ones' | 'random' | 'manufactured' | 'source'

/** A Gaussian random field by its expansion in cosines; see Rust's `RandomFieldParams`. */
export interface RandomFieldParams {
  deviation: number
  /** τ: the field forgets itself over about 1/τ of the domain. */
  inverseLength: number
  /** α: its covariance is (−Δ + τ²)^−α. */
  smoothness: number
  /** Cosines along each axis. */
  modes: number
  /** Fields of a sequence lie around one field, or each a step away from the one before. */
  sequence: 'around' | 'chain'
  /** β: how far they are from each other, 0 to 1. */
  step: number
}

export interface PoissonParams {
  shape: number[]
  boundary: GridBoundary
  rightHandSide: GeneratedRightHandSide
}

export interface AnisotropicDiffusionParams {
  shape: number[]
  epsilon: number
  /** In degrees. */
  angle: number
  scheme: 'finite-elements' | 'finite-differences'
  rightHandSide: GeneratedRightHandSide
}

export interface ConvectionDiffusionParams {
  shape: number[]
  flow: 'uniform' | 'recirculating'
  /** In degrees. */
  angle: number
  scheme: 'upwind' | 'central'
  peclet: number
  lastPeclet: number
  systems: number
  rightHandSide: GeneratedRightHandSide
}

export interface HelmholtzParams {
  shape: number[]
  boundary: 'impedance' | 'dirichlet'
  wavenumber: number
  lastWavenumber: number
  order: 'sweep' | 'random'
  medium: RandomFieldParams
  systems: number
  rightHandSide: GeneratedRightHandSide
}

export interface DarcyParams {
  shape: number[]
  boundary: GridBoundary
  field: 'log-normal' | 'two-phase'
  contrast: number
  randomField: RandomFieldParams
  systems: number
  rightHandSide: GeneratedRightHandSide
}

export interface EvolutionParams {
  shape: number[]
  boundary: GridBoundary
  medium: RandomFieldParams
  initialState: 'bump' | 'two-bumps' | 'slowest-mode'
}

/**
 * Generators of sparse systems. All write `values.npy`, `rows.npy`, `columns.npy` and `rightHandSide.npy` as a dataset of
 * kind 'matrix' keeps them, and where they apply `knownSolution.npy`, `nearNullSpace.npy`, `mass.npy`,
 * `coefficient.npy` (row) or (system, row), `initialState.npy` (row) and `parameters.npy` (system, parameter).
 * Figures: systems, rows, entries.
 */
export function poissonProblem(params: PoissonParams, context: Context): Promise<Info>
export function anisotropicDiffusion(params: AnisotropicDiffusionParams, context: Context): Promise<Info>
/** Figure more: cellPeclet. */
export function convectionDiffusion(params: ConvectionDiffusionParams, context: Context): Promise<Info>
/** Figure more: pointsPerWavelength. */
export function helmholtzProblem(params: HelmholtzParams, context: Context): Promise<Info>
export function darcyFlow(params: DarcyParams, context: Context): Promise<Info>
export function evolutionOperators(params: EvolutionParams, context: Context): Promise<Info>
