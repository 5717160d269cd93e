import { describe, expect, it } from 'vitest'
import { colourTicks } from './colour-bar'

describe('colourTicks', () => {
  it('has both ends and round values between them', () => {
    const ticks = colourTicks({ colourMap: 'viridis', low: 0, high: 1 }, 5)
    expect(ticks.map((tick) => tick.label)).toEqual(['0', '0.2', '0.4', '0.6', '0.8', '1'])
    expect(ticks.map((tick) => tick.position)).toEqual([0, 0.2, 0.4, 0.6, 0.8, 1])
  })

  it('leaves out round values that would touch the ends', () => {
    const labels = colourTicks({ colourMap: 'magma', low: 0.00123, high: 0.0417 }).map((tick) => tick.label)
    expect(labels).toEqual(['0.00123', '0.01', '0.02', '0.03', '0.0417'])
  })

  it('writes all ticks in one way', () => {
    const labels = colourTicks({ colourMap: 'magma', low: 0.000842, high: 0.0117 }).map((tick) => tick.label)
    expect(labels).toEqual(['0.000842', '0.0025', '0.005', '0.0075', '0.01', '0.0117'])
  })

  it('writes as zero what is nothing beside the other end', () => {
    const labels = colourTicks({ colourMap: 'viridis', low: 2.7e-163, high: 0.02 }, 3).map(
      (tick) => tick.label,
    )
    expect(labels[0]).toBe('0')
  })

  it('has one tick for a flat map', () => {
    expect(colourTicks({ colourMap: 'magma', low: 2, high: 2 })).toEqual([{ position: 0, label: '2' }])
  })
})
