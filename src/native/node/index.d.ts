/**
 * The native addon, as TypeScript sees it. Only the solver host loads it.
 *
 * Arrays never cross this door: the caller names files, the addon maps them, and it writes its
 * results as `.npy` files into `context.folder`. Every function that computes returns a promise and
 * works on its own threads; the JavaScript thread stays free to pass on a cancel.
 */

export * from './types/common'
export * from './types/gp-bounds'
export * from './types/gp-table'
export * from './types/gp-vecchia'
export * from './types/krylov'
export * from './types/tensor-dense'
export * from './types/tensor-missing'
export * from './types/unmixing'
export * from './types/unmixing-blind'
export * from './types/unmixing-archetypal'
export * from './types/unmixing-uncertainty'
export * from './types/unmixing-before'
export * from './types/unmixing-library'
export * from './types/krylov-files'
export * from './types/krylov-generators'
export * from './types/krylov-sequence'
export * from './types/krylov-inspection'
