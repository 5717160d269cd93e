import { join } from 'node:path'
import { z } from 'zod'
import type { Axis } from '../../../shared/array'
import { defineMethod, input, output, type WrittenArtifact } from '../../../shared/method'
import { readNpyHeader } from '../../formats'
import { callNative } from '../native'
import { solveResult } from '../solve-result'
import { checkDense, componentAxis, denseInput } from './dense-input'
import { accuracyParameter, checkedBudget, singularValuesOutput } from './dense-parameters'
import { singularValueArtifacts } from './written-model'

const ruleNames = ['Optimum', 'Greedy', 'Gain per number', 'True-error greedy']

/** The best ranks for a size, and error against size for every size. */
export const coreShape = defineMethod({
  id: 'core-shape',
  family: 'tensor',
  version: 1,
  title: 'Core shape for a budget',
  summary:
    'Which ranks are best for a size: exactly, by the usual rules beside it, and for every size at once.',
  equations: [
    {
      latex: String.raw`\max_{r_1, \dots, r_N}\ \sum_{n=1}^{N} \sum_{i=1}^{r_n} \sigma_{n,i}^2 \quad \text{subject to} \quad \prod_{n=1}^{N} r_n + \sum_{n=1}^{N} I_n r_n \le b`,
      caption:
        'σₙᵢ: singular values of the unfolding of mode n; Iₙ: its length; rₙ: its rank; b: the budget, in numbers. Solved exactly: every choice of all ranks but the last, with the largest last one that fits; from four modes on by branch and bound.',
    },
    {
      latex: String.raw`\lVert \mathcal X - \hat{\mathcal X} \rVert^2 \ \le\ \sum_{n=1}^{N} \sum_{i > r_n} \sigma_{n,i}^2`,
      caption:
        'What the choice guards against: the error bound. The true error of the projection on the leading directions is computed beside it from the all-orthogonal core.',
    },
  ],
  documentation: `
## When to use it
Before a Tucker decomposition, when a size is known and the ranks are not, or to see at which size the error stops falling. Put the ranks it finds into ST-HOSVD or HOOI, or give those the budget themselves.

## What to look out for
- **The optimum is that of the bound.** It weighs the modes by their singular values one by one; the true error, which takes their interplay into account, is in the table beside it, and another rule may be a little better in it.
- **The trade-off is exact for every size** as long as there are at most 50 million choices of ranks; beyond that it is found for 160 sizes. The table keeps 400 points of it, evenly spread over the decades.
- **A tree is packed from the leaves up.** Nodes with at most 48 possible ranks are solved exactly, longer ones on a grid of growing steps. Size and error bound of the network are among the figures of the run.
- **Size counts numbers**, core and factors together, not bytes.
`.trim(),
  cite: [
    {
      authors: 'Ghadiri, Fahrbach, Fu, Mirrokni',
      title: 'Approximately optimal core shapes for tensor decompositions',
      year: 2023,
      venue: 'International Conference on Machine Learning',
      arxiv: '2302.03886',
    },
  ],
  inputs: { tensor: input.tensor() },
  params: z.object({
    budget: z.int().min(1).max(Number.MAX_SAFE_INTEGER).default(20_000).meta({
      title: 'Size budget',
      symbol: 'b',
      unit: 'numbers',
      help: 'Core and factors together have at most this many numbers.',
      logarithmic: true,
    }),
    accuracy: accuracyParameter,
    tree: z.string().default('').meta({
      title: 'Dimension tree',
      help: 'Pairs of modes or pairs, counted from one, such as ((1,2),3): the ranks of this tree tensor network are packed into the same budget. Empty: none.',
      advanced: true,
    }),
  }),
  outputs: {
    rules: output.table({
      title: 'Rules side by side',
      help: 'What each rule chooses within the budget.',
    }),
    tradeoff: output.tradeoff({
      title: 'Error against size',
      help: 'The best choice for every size: none of these is beaten in both size and error bound.',
    }),
    tree: output.table({
      title: 'Tree tensor network',
      optional: true,
      help: 'The best ranks of the nodes of the tree within the budget, children before their parents.',
    }),
    singularValues: singularValuesOutput('Of each unfolding of the whole tensor.'),
  },
  check: ({ tensor }, { budget }) => {
    checkDense(tensor)
    checkedBudget(budget, tensor.dataset.axes)
  },
  solve: async ({ tensor }, parameters, context) => {
    const modes = tensor.dataset.axes
    const info = await callNative(context, (native, nativeContext) =>
      native.coreShape(denseInput(tensor), parameters, nativeContext),
    )
    return solveResult(info, [
      ...(await tables(context.folder, modes, info.files)),
      ...(await treeTable(context.folder, parameters.tree, info.files)),
      ...(await singularValueArtifacts(context.folder, modes, info.files)),
    ])
  },
})

/** A row for each node of the tree, named after what the tree's text has for it. */
async function treeTable(folder: string, tree: string, files: readonly string[]): Promise<WrittenArtifact[]> {
  if (!files.includes('tree.npy')) return []
  const [rows = 0] = (await readNpyHeader(join(folder, 'tree.npy'))).shape
  return [
    {
      name: 'tree',
      axes: [
        { ...componentAxis(rows, 'node'), labels: nodeNames(tree).slice(0, rows) },
        { ...componentAxis(2, 'column'), labels: ['Rank', 'Share of energy lost'] },
      ],
    },
  ]
}

/** Every leaf and every pair of a tree's text in the order in which they end: children before their parents. */
function nodeNames(tree: string): string[] {
  const text = tree.replaceAll(/\s/g, '')
  const names: string[] = []
  const starts: number[] = []
  for (const { 0: part, index } of text.matchAll(/\(|\)|\d+/g)) {
    if (part === '(') starts.push(index)
    else names.push(part === ')' ? text.slice(starts.pop() ?? 0, index + 1) : part)
  }
  return names
}

/** The tables have a column less where the true error is not known. */
async function tables(
  folder: string,
  modes: readonly Axis[],
  files: readonly string[],
): Promise<WrittenArtifact[]> {
  const artifacts: WrittenArtifact[] = []
  for (const name of ['rules', 'tradeoff']) {
    if (!files.includes(`${name}.npy`)) continue
    const [rows = 0, columns = 0] = (await readNpyHeader(join(folder, `${name}.npy`))).shape
    const errors = columns - modes.length === 4 ? ['Error bound', 'True error'] : ['Error bound']
    const labels = ['Size', 'Compression', ...errors, ...modes.map((mode) => `Rank of ${mode.name}`)]
    const row = componentAxis(rows, name === 'rules' ? 'rule' : 'point')
    artifacts.push({
      name,
      axes: [
        name === 'rules' ? { ...row, labels: ruleNames.slice(0, rows) } : row,
        { ...componentAxis(columns, 'column'), labels },
      ],
    })
  }
  return artifacts
}
