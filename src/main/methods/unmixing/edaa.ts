import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { z } from 'zod'
import type { Axis } from '../../../shared/array'
import { defineMethod, input, output } from '../../../shared/method'
import { readNpyHeader } from '../../formats'
import { callNative } from '../native'
import { endmembersParameter } from './endmembers-parameter'
import { mixtureArtifacts, unmixingOutputs } from './outputs'
import {
  checkCube,
  cubeInput,
  plainAxis,
  preparationParameters,
  splitPreparation,
  unmixingAxes,
} from './preparation'
import { solveResult } from './result'

const column = (name: string, title: string) => ({ name, title, unit: null, logarithmic: true })

const rules = {
  volume: 'Largest volume',
  coherence: 'Lowest coherence (as published)',
  fit: 'Best fit',
} as const

type Rule = keyof typeof rules

/** Entropic descent archetypal analysis: endmembers as weighted means of pixels, the best of many restarts. */
export const edaa = defineMethod({
  id: 'edaa',
  family: 'unmixing',
  version: 1,
  title: 'Entropic descent archetypal analysis',
  summary:
    'Blind unmixing: every endmember is a weighted mean of pixels, so spectra stay physical; the best of many random starts is kept by a rule that can be looked at.',
  equations: [
    {
      latex: String.raw`\min_{\mathbf A, \mathbf B}\ \tfrac12 \lVert \mathbf Y - \mathbf Y \mathbf B \mathbf A \rVert_F^2 \quad \text{with} \quad \mathbf a_n \in \Delta_p,\ \mathbf b_j \in \Delta_N`,
      caption:
        'Y: pixels, a column each; M = YB: endmembers, each a weighted mean of the N pixels; A: abundances. Columns of A and B lie on the simplex: nowhere negative, with the sum one.',
    },
    {
      latex: String.raw`\mathbf a_n \leftarrow \operatorname{softmax}\bigl(\log \mathbf a_n - \eta_A \nabla_{\mathbf a_n}\bigr), \qquad \mathbf b_j \leftarrow \operatorname{softmax}\bigl(\log \mathbf b_j - \eta_B \nabla_{\mathbf b_j}\bigr)`,
      caption:
        'Mirror descent with the entropy: in each of T rounds K₁ updates of A, then K₂ of B. η_A = γ / ‖YB‖² at the start, with γ drawn from 2⁻³ … 2³ for every restart, and η_B = η_A √(p/N). Both are halved after a round in which the objective rose.',
    },
    {
      latex: String.raw`\max_{m}\ \sqrt{\det \mathbf C_m} \quad \text{among} \quad \frac{f_m - \min f}{f_m} < \tau, \qquad f_m = \frac{\lVert \mathbf Y - \mathbf Y \mathbf B_m \mathbf A_m \rVert_1}{\lVert \mathbf Y \rVert_1}`,
      caption:
        'The restart that is kept: of those that fit nearly as well as the best, the one whose endmembers span the largest volume; C holds the cosines between its endmembers. The published rule takes the lowest correlation of the most alike pair instead.',
    },
  ],
  documentation: `
## When to use it
When no endmembers are known and every material has at least some nearly pure pixels. Each endmember is a mean over many such pixels, so it is a spectrum the scene really holds, with little noise. Of the blind methods here it is the most accurate on scenes of that kind.

## What to look out for
- **Materials without pure pixels** cannot be reached: an endmember never leaves the cloud of pixels. Minimum-volume or sparse NMF can go beyond it.
- **Look at the restarts.** The scatter shows how well each restart fits against the volume its endmembers span, and which one was chosen. A cluster of restarts at the good corner means that the answer is stable; a lone point there means luck, and more restarts are worth their time.
- **Longer is not better.** Updates stop early on purpose: with every round the weights of an endmember gather on fewer and more extreme pixels, in the end on outliers. The figure 'effectivePixels' says over how many pixels an endmember is spread, the contributions show where they lie.
- **The rule.** The pairwise rule of the paper likes an endmember that runs off to odd pixels, as long as the most alike pair moves apart. The volume looks at all endmembers together.
- **Time grows with everything:** rounds × steps × restarts readings of the scene. Cut a large scene to a part of it, and give its endmembers to fully constrained least squares for the rest.
`.trim(),
  cite: [
    {
      authors: 'Zouaoui, Muhawenayo, Rasti, Chanussot, Mairal',
      title: 'Entropic Descent Archetypal Analysis for Blind Hyperspectral Unmixing',
      year: 2023,
      venue: 'IEEE Transactions on Image Processing 32',
      doi: '10.1109/TIP.2023.3301769',
      arxiv: '2209.11002',
    },
  ],
  inputs: { cube: input.cube() },
  params: z.object({
    endmembers: endmembersParameter,
    restarts: z.int().min(1).max(1000).default(50).meta({
      title: 'Restarts',
      symbol: 'M',
      group: 'Restarts',
      help: 'Random starts, each with a random step size. Only one in a few gets a step that suits the scene, so ten are the least that makes sense.',
    }),
    rule: z
      .enum(['volume', 'coherence', 'fit'] satisfies Rule[])
      .default('volume')
      .meta({
        title: 'Rule',
        group: 'Restarts',
        help: 'Which of the restarts that fit well is kept.',
        choices: rules,
      }),
    fitTolerance: z.number().min(0).max(0.9).default(0.05).meta({
      title: 'Tolerance of the fit',
      symbol: 'τ',
      group: 'Restarts',
      help: 'By how much, relative to itself, a restart may fit worse than the best one and still be kept.',
      step: 0.01,
      advanced: true,
    }),
    rounds: z.int().min(1).max(100_000).default(25).meta({
      title: 'Rounds',
      symbol: 'T',
      group: 'Descent',
      help: 'How often abundances and endmembers are updated in turn. More rounds fit closer and lean on fewer pixels.',
    }),
    abundanceSteps: z.int().min(1).max(1000).default(20).meta({
      title: 'Steps of the abundances',
      symbol: 'K₁',
      group: 'Descent',
      help: 'Updates of the abundances in a round.',
    }),
    archetypeSteps: z.int().min(1).max(1000).default(20).meta({
      title: 'Steps of the endmembers',
      symbol: 'K₂',
      group: 'Descent',
      help: 'Updates of the weights of the pixels in a round. Each reads the scene once.',
    }),
    ...preparationParameters,
  }),
  outputs: {
    ...unmixingOutputs,
    contributions: output.maps({
      title: 'Contributions',
      help: 'Weight of every pixel in every endmember; the weights of an endmember sum to one over the scene. Bright spots are the pixels it was made from.',
    }),
    restarts: output.scatter({
      title: 'Restarts',
      help: 'How well each restart fits (sum of the absolute residuals over that of the data, lower is better) against what the rule compares, and which one was chosen.',
    }),
    objective: output.trace({
      title: 'Objective',
      help: 'Objectives of the restarts under way, after every round. Many restarts run in several groups, one after the other.',
      columns: [
        column('lowest', 'Lowest objective'),
        column('median', 'Median objective'),
        column('highest', 'Highest objective'),
      ],
    }),
  },
  check: ({ cube }, { endmembers, ...preparation }) => checkCube(cube.dataset, preparation, endmembers),
  solve: async ({ cube }, parameters, context) => {
    const { preparation, own } = splitPreparation(parameters)
    const info = await callNative(context, (native, nativeContext) =>
      native.edaa(cubeInput(cube, preparation), own, nativeContext),
    )
    return solveResult(info, [
      ...mixtureArtifacts(cube.dataset, preparation, own.endmembers),
      { name: 'contributions', axes: unmixingAxes(cube.dataset, preparation).maps(own.endmembers) },
      { name: 'restarts', axes: await restartAxes(context.folder, own.rule) },
    ])
  },
})

/** A cancelled run may hold fewer restarts than were asked for. */
async function restartAxes(folder: string, rule: Rule): Promise<Axis[]> {
  const path = join(folder, 'restarts.npy')
  const [restarts = 0] = existsSync(path) ? (await readNpyHeader(path)).shape : []
  const compared = rule === 'coherence' ? ['coherence', 'volume'] : ['volume', 'coherence']
  const quantities = ['relative ℓ1 residual', ...compared, 'relative residual', 'step factor']
  const labels = [...quantities, 'halvings of the step', 'chosen']
  return [plainAxis('restart', restarts), { ...plainAxis('quantity', labels.length), labels }]
}
