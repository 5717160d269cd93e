import { describe, expect, it } from 'vitest'
import { exampleArtifact, exampleMethod } from '../testing/examples'
import type { ParameterDescription } from '../../shared/parameter'
import { pickingQuery, pixelsOf, readsAsPixels } from './picked-pixels'

const axis = { size: 2, unit: null, coordinates: null }

describe('picked pixels', () => {
  it('are points whose coordinates are line and sample', () => {
    const points = exampleArtifact({ name: 'positions', meaning: 'points', shape: [1, 2] })
    const axes = (labels: string[]) => [
      { ...axis, name: 'endmember', labels: null },
      { ...axis, name: 'coordinate', labels },
    ]
    expect(readsAsPixels({ ...points, axes: axes(['line', 'sample']) })).toBe(true)
    expect(readsAsPixels({ ...points, axes: axes(['x', 'y']) })).toBe(false)
    expect(pixelsOf({ values: Float64Array.of(3, 4, 20, 9), shape: [2, 2], range: null })).toEqual([
      { line: 3, sample: 4 },
      { line: 20, sample: 9 },
    ])
  })

  it('lead to a run of the method that takes them, and to none where there is no such method', () => {
    const parameters = [{ name: 'pixels' } as ParameterDescription]
    const method = { ...exampleMethod(), id: 'picked-pixels', parameters }
    const pixels = [
      { line: 3, sample: 4 },
      { line: 20, sample: 9 },
    ]
    expect(pickingQuery([exampleMethod()], 'samson', pixels)).toBeNull()
    expect(pickingQuery([method], null, pixels)).toBeNull()
    expect(pickingQuery([method], 'samson', pixels)).toEqual({
      method: 'picked-pixels',
      dataset: 'samson',
      parameters: '{"pixels":[3,4,20,9]}',
    })
  })
})
