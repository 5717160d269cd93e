import { describe, expect, it } from 'vitest'
import { keptPixel, stepOf } from './scene-detail.svelte'

describe('stepOf', () => {
  it('leaves no side longer than a picture may be', () => {
    expect([stepOf(95, 95), stepOf(1024, 10), stepOf(1025, 10), stepOf(10, 3000)]).toEqual([1, 1, 2, 3])
  })
})

describe('keptPixel', () => {
  const planes = [{ values: new Float32Array(12), lines: 3, samples: 4 }]
  const window = { firstLine: 10, lastLine: 18, firstSample: 20, lastSample: 31 }

  it('names the pixel that stands for those around it', () => {
    expect(keptPixel({ window, step: 3, planes }, { line: 14, sample: 25 })).toEqual({
      index: 1 * 4 + 1,
      kept: { line: 13, sample: 23 },
    })
    expect(keptPixel({ window, step: 3, planes }, { line: 18, sample: 31 })?.index).toBe(11)
  })

  it('knows nothing beside the window', () => {
    expect(keptPixel({ window, step: 3, planes }, { line: 9, sample: 25 })).toBeNull()
    expect(keptPixel({ window, step: 3, planes }, { line: 12, sample: 32 })).toBeNull()
  })
})
