import { z } from 'zod'
import { defineNmf, plainModel } from './define-nmf'
import { commonAdvice, objective, squares, sumToOne, symbols } from './equations'
import { sumToOneParameter } from './parameters'

/** NMF with the least volume between its endmembers. */
export const minimumVolumeNmf = defineNmf({
  id: 'minimum-volume-nmf',
  version: 1,
  title: 'Minimum-volume NMF',
  summary: 'Blind unmixing by the smallest simplex that still explains the pixels; needs no pure pixels.',
  equations: [
    {
      latex: objective(
        squares,
        sumToOne,
        String.raw`\tfrac{\beta}{2} \log\det\bigl(\mathbf M^{\mathsf T} \mathbf M + \tau \mathbf I\bigr)`,
      ),
      caption:
        symbols + ' β is the volume weight times the residual of the start, shared among the endmembers.',
    },
    {
      latex: String.raw`\log\det\bigl(\mathbf M^{\mathsf T} \mathbf M + \tau \mathbf I\bigr) \le \operatorname{tr}\bigl(\mathbf F\, \mathbf M^{\mathsf T} \mathbf M\bigr) + \text{const}, \qquad \mathbf F = \bigl(\mathbf M_0^{\mathsf T} \mathbf M_0 + \tau \mathbf I\bigr)^{-1}`,
      caption:
        'The tangent at the present endmembers lies above the volume term; the sum is lowered exactly, one component after the other (HALS). The objective never rises.',
    },
  ],
  documentation: `
## When to use it
When no pixel is pure but pixels reach every face of the simplex: the smallest simplex around them is then the true one, and the log-determinant form finds it even where spectra are nearly dependent.

## What to look out for
${commonAdvice.trim()}
- **Noise pushes against volume.** A large weight pulls the corners inside the cloud; a small one lets them drift out with the noise. Look at the corners in the plane of the pixels.
`.trim(),
  cite: [
    {
      authors: 'Ang, Gillis',
      title:
        'Algorithms and comparisons of nonnegative matrix factorizations with volume regularization for hyperspectral unmixing',
      year: 2019,
      venue: 'IEEE Journal of Selected Topics in Applied Earth Observations and Remote Sensing 12',
      doi: '10.1109/JSTARS.2019.2925098',
      arxiv: '1903.04362',
    },
    {
      authors: 'Leplat, Ang, Gillis',
      title: 'Minimum-volume rank-deficient nonnegative matrix factorizations',
      year: 2019,
      venue: 'ICASSP',
      doi: '10.1109/ICASSP.2019.8682280',
    },
  ],
  params: {
    volumeWeight: z.number().min(0).max(1e6).default(0.5).meta({
      title: 'Volume weight',
      symbol: 'β',
      help: 'What the volume counts against the residual of the start.',
      step: 0.1,
    }),
    sumToOneWeight: sumToOneParameter,
  },
  terms: ['volume'],
  model: ({ volumeWeight, sumToOneWeight }) => ({
    ...plainModel,
    updates: 'hals',
    volumeWeight,
    sumToOneWeight,
  }),
})
