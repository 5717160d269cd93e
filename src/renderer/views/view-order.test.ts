import { describe, expect, it } from 'vitest'
import { exampleArtifact } from '../testing/examples'
import { inViewOrder, shapeText } from './view-order'

describe('inViewOrder', () => {
  it('shows maps, then spectra, then single maps, whatever the method wrote first', () => {
    const artifacts = [
      exampleArtifact({ name: 'positions', meaning: 'points', shape: [3, 2] }),
      exampleArtifact({ name: 'residual', meaning: 'map', shape: [4, 5] }),
      exampleArtifact({ name: 'endmembers', meaning: 'spectra', shape: [6, 3] }),
      exampleArtifact({ name: 'abundances', meaning: 'maps', shape: [3, 4, 5] }),
      exampleArtifact({ name: 'variance', meaning: 'map', shape: [4, 5] }),
    ]
    expect(inViewOrder(artifacts).map(({ name }) => name)).toEqual([
      'abundances',
      'endmembers',
      'residual',
      'variance',
      'positions',
    ])
  })

  it('tells type and shape', () => {
    expect(shapeText({ dtype: 'float64', shape: [3, 95, 95] })).toBe('float64, 3 × 95 × 95')
  })
})
