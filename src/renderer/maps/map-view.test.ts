import { describe, expect, it } from 'vitest'
import { clampWindow, mapCorner, panBy, pixelAt, seenPixels, stepPixel, wholeMap, zoomAt } from './map-view'

const extent = { lines: 50, samples: 100, width: 400, height: 400 }

describe('a window on a map', () => {
  it('shows the whole map centred, without stretching it', () => {
    expect(mapCorner(extent, wholeMap(50, 100))).toEqual({ left: 0, top: 100, size: 4 })
  })

  it('finds the pixel under a point', () => {
    const window = wholeMap(50, 100)
    expect(pixelAt(extent, window, 0, 100)).toEqual({ line: 0, sample: 0 })
    expect(pixelAt(extent, window, 399, 299)).toEqual({ line: 49, sample: 99 })
    expect(pixelAt(extent, window, 10, 99)).toBeNull()
  })

  it('zooms about the pointer', () => {
    const window = zoomAt(extent, wholeMap(50, 100), 4, 120, 180)
    expect(window.zoom).toBe(4)
    expect(pixelAt(extent, window, 120, 180)).toEqual(pixelAt(extent, wholeMap(50, 100), 120, 180))
    expect(zoomAt(extent, window, 0.01, 0, 0)).toEqual(wholeMap(50, 100))
  })

  it('knows the pixels that are seen', () => {
    expect(seenPixels(extent, wholeMap(50, 100))).toEqual({
      firstLine: 0,
      lastLine: 49,
      firstSample: 0,
      lastSample: 99,
    })
    const window = { line: 25, sample: 50, zoom: 10 }
    const seen = { firstLine: 20, lastLine: 30, firstSample: 45, lastSample: 55 }
    expect(seenPixels(extent, window)).toEqual(seen)
    expect(seenPixels(extent, window, 0.5)).toEqual({
      firstLine: 15,
      lastLine: 35,
      firstSample: 40,
      lastSample: 60,
    })
  })

  it('cannot be dragged out of sight', () => {
    const window = panBy(extent, zoomAt(extent, wholeMap(50, 100), 2, 200, 200), 9999, 0)
    expect(window.sample).toBe(25)
    expect(clampWindow(extent, { zoom: 1, line: -50, sample: 900 })).toEqual(wholeMap(50, 100))
  })
})

describe('stepPixel', () => {
  it('walks with the arrow keys and stops at the edge', () => {
    expect(stepPixel(null, 'ArrowUp', 1, 50, 100)).toEqual({ line: 25, sample: 50 })
    expect(stepPixel({ line: 0, sample: 99 }, 'ArrowUp', 1, 50, 100)).toEqual({ line: 0, sample: 99 })
    expect(stepPixel({ line: 5, sample: 5 }, 'ArrowRight', 10, 50, 100)).toEqual({ line: 5, sample: 15 })
    expect(stepPixel({ line: 5, sample: 5 }, 'Enter', 1, 50, 100)).toBeNull()
  })
})
