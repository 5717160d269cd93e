import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { describeParameters } from '../../shared/parameter'
import { sliderScale } from './slider-scale'

const parameters = describeParameters(
  z.object({
    count: z.int().min(2).max(64).meta({ title: 'Count' }),
    weight: z.number().min(0).max(10).default(0).meta({ title: 'Weight', logarithmic: true }),
    open: z.number().min(0).meta({ title: 'Open' }),
    rate: z.number().min(1e-8).max(1).meta({ title: 'Rate', logarithmic: true }),
    wide: z.number().min(0).max(1e6).default(0.1).meta({ title: 'Wide', step: 0.01 }),
  }),
)

function scaleOf(name: string) {
  const parameter = parameters.find((candidate) => candidate.name === name)
  return parameter === undefined ? null : sliderScale(parameter)
}

describe('sliderScale', () => {
  it('needs two ends that are not worlds apart', () => {
    expect(scaleOf('open')).toBeNull()
    expect(scaleOf('wide')).toBeNull()
  })

  it('moves integers by one', () => {
    const scale = scaleOf('count')
    expect(scale?.toValue(0)).toBe(2)
    expect(scale?.toValue(scale.step)).toBe(3)
    expect(scale?.toValue(1)).toBe(64)
    expect(scale?.toPosition(33)).toBe(0.5)
  })

  it('runs in decades and keeps zero reachable', () => {
    const scale = scaleOf('weight')
    expect(scale?.toValue(0)).toBe(0)
    expect(scale?.toValue(1)).toBe(10)
    expect(scale?.toValue(scale.toPosition(0.1))).toBe(0.1)
    expect(scale?.toPosition(0)).toBe(0)
    expect(scaleOf('rate')?.toValue(0)).toBe(1e-8)
    expect(scaleOf('rate')?.toValue(0.5)).toBe(1e-4)
  })
})
