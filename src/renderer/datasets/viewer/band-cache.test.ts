import { describe, expect, it } from 'vitest'
import { BandCache } from './band-cache'
import { bandStatistics } from './composite'

const loaded = (band: number) => {
  const values = Float32Array.of(band)
  return { band, plane: { values, lines: 1, samples: 1 }, statistics: bandStatistics(values) }
}

describe('BandCache', () => {
  it('names each missing band once', () => {
    const cache = new BandCache()
    cache.add(loaded(3), [3])
    expect(cache.missing([3, 5, 5, 7])).toEqual([5, 7])
  })

  it('lets the oldest bands go, but none that is wanted', () => {
    const cache = new BandCache()
    for (let band = 0; band < 20; band += 1) cache.add(loaded(band), [0, 19])
    expect(cache.get(0)).toBeDefined()
    expect(cache.get(1)).toBeUndefined()
    expect(cache.get(19)).toBeDefined()
  })
})
