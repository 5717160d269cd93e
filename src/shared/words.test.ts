import { expect, it } from 'vitest'
import { inWords } from './words'

it('turns names of figures into words', () => {
  const names = ['relativeResidual', 'estimatedSnr', 'hysime', 'coverage95', 'l1Norm', 'largestViolation']
  expect(names.map(inWords)).toEqual([
    'Relative residual',
    'Estimated SNR',
    'HySime',
    'Coverage 95',
    'L1 norm',
    'Largest violation',
  ])
})
