import { z } from 'zod'
import { FiligreeError } from '../../../../shared/failure'
import type { NmfGraph } from '../../native'

/** Weight of the sparsity term, which the data suggest where a person does not. */
export const sparsityParameter = z.number().min(0).max(1e6).nullable().default(null).meta({
  title: 'Sparsity',
  symbol: 'α',
  help: 'Weight of the sparsity term, relative to pixels of unit length. Empty: estimated from how sparse the bands are.',
  step: 0.001,
})

/** Weight of the appended sum-to-one row. */
export const sumToOneParameter = z.number().positive().max(1e6).default(3).meta({
  title: 'Sum-to-one weight',
  symbol: 'δ',
  help: 'Weight of the appended row that makes the abundances of a pixel sum to one, relative to pixels of unit length.',
  advanced: true,
})

/** The pixel graph of the methods that join neighbours. */
export const graphParameters = {
  graphWeight: z.number().min(0).max(1e6).default(0.1).meta({
    title: 'Graph weight',
    symbol: 'λ',
    help: 'How strongly similar neighbours are drawn to the same abundances. Zero switches the graph off.',
    step: 0.01,
  }),
  window: z.int().min(3).max(15).default(5).meta({
    title: 'Window',
    unit: 'pixels',
    help: 'Side of the square in which similar neighbours are looked for. Odd.',
    group: 'Pixel graph',
    step: 2,
  }),
  neighbours: z.int().min(1).max(64).default(4).meta({
    title: 'Neighbours',
    help: 'How many of the pixels in the window are joined to the one in its middle.',
    group: 'Pixel graph',
  }),
  kernelWidth: z.number().positive().max(1e6).default(1).meta({
    title: 'Kernel width',
    symbol: 'σ',
    help: 'Width of the heat kernel, relative to the mean squared distance between neighbours. Smaller joins only pixels that are very much alike.',
    group: 'Pixel graph',
    advanced: true,
  }),
}

/** When to stop, and how many starts to try. */
export const iterationParameters = {
  maxIterations: z.int().min(1).max(1_000_000).default(1000).meta({
    title: 'Iteration limit',
    group: 'Stopping',
  }),
  tolerance: z.number().min(0).max(1).default(1e-5).meta({
    title: 'Tolerance',
    help: 'Stop when the objective fell by less than this share over ten iterations.',
    group: 'Stopping',
    logarithmic: true,
  }),
  restarts: z.int().min(1).max(100).default(20).meta({
    title: 'Starts tried',
    help: 'Vertex component analyses tried when no start is given; the one that leaves the lowest residual is kept.',
    group: 'Start',
  }),
}

/** Refuses a window without a middle, and more neighbours than it holds. */
export function checkGraph({ window, neighbours }: Pick<NmfGraph, 'window' | 'neighbours'>): void {
  if (window % 2 === 0) {
    throw new FiligreeError(
      'invalid-parameter',
      `The window must have a middle: ${window} is even. Choose ${window - 1} or ${window + 1}.`,
      { field: 'window' },
    )
  }
  if (neighbours > window * window - 1) {
    throw new FiligreeError(
      'invalid-parameter',
      `${neighbours} neighbours were asked for, but a window of ${window} × ${window} holds only ${window * window - 1}. Widen the window, or join fewer.`,
      { field: 'neighbours' },
    )
  }
}

/** The graph term of the addon from the parameters of a method. */
export function graphOf(
  parameters: { graphWeight: number } & Pick<NmfGraph, 'window' | 'neighbours' | 'kernelWidth'>,
): NmfGraph {
  const { graphWeight: weight, window, neighbours, kernelWidth } = parameters
  return { weight, window, neighbours, kernelWidth }
}
