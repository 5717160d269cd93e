import { output } from '../../../shared/method'

// Seen together: where they part, the method believes what is not so.
const residualColumns = [
  { name: 'trueResidual', title: 'True residual ‖b − A x‖ / ‖b‖, recomputed' },
  { name: 'recurredResidual', title: 'Recurred residual, as the method believes' },
  {
    name: 'preconditionedResidual',
    title: 'Preconditioned norm ‖M⁻¹(b − A x)‖ / ‖M⁻¹b‖, which is never tested',
  },
].map((column) => ({ ...column, unit: null, logarithmic: true, shown: true }))

/** What every solve of one system gives back. */
export const solutionOutputs = {
  solution: output.field({
    title: 'Solution',
    help: 'On the grid of the unknowns where they lie on one; of a complex system the real and the imaginary part.',
  }),
  error: output.field({
    title: 'Error',
    optional: true,
    scale: 'diverging',
    help: 'Solution minus the known one, where it is known.',
  }),
}

/** Of iterations: residuals of three kinds, none of them passed off as another. */
export const residualOutput = {
  residuals: output.trace({
    title: 'Residuals',
    help: 'The true residual is recomputed from the solution; the recurred one is what the recurrence of the method holds; the preconditioned norm is measured by M and can be far from either.',
    columns: residualColumns,
  }),
}

/** Of preconditioners with levels. */
export const hierarchyOutput = {
  hierarchy: output.table({
    title: 'Hierarchy',
    optional: true,
    help: 'Rows and entries of the matrix of every level, the finest first, entries a row, and how many rows of the finer level one row stands for.',
  }),
}

/** Of Lanczos' iteration: approximate eigenvalues of the preconditioned matrix. */
export const ritzOutput = {
  ritzValues: output.scatter({
    title: 'Ritz values',
    optional: true,
    help: 'Approximate eigenvalues of the (preconditioned) matrix that the iteration saw: outliers and a wide spread make it slow.',
  }),
}

/** Of Arnoldi's iteration: approximate eigenvalues that are good near nought. */
export const harmonicRitzOutput = {
  harmonicRitzValues: output.scatter({
    title: 'Harmonic Ritz values',
    optional: true,
    help: 'Approximate eigenvalues of the (preconditioned) matrix from the last cycle: those near nought are what holds it up, and what recycling keeps.',
  }),
}
