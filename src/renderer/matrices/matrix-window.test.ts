import { describe, expect, test } from 'vitest'
import { cellRange, isWhole, movedWindow, wholeMatrix, zoomedWindow } from './matrix-window'

const size = { rows: 1000, columns: 400 }

describe('the window of a matrix', () => {
  test('keeps the entry under the pointer while it zooms, and comes back to the whole', () => {
    const near = zoomedWindow(size, wholeMatrix(size), 2, { down: 0.25, right: 1 })
    expect(near).toEqual({ firstRow: 125, rowCount: 500, firstColumn: 200, columnCount: 200 })
    const back = zoomedWindow(size, near, 0.5, { down: 0.25, right: 1 })
    expect(isWhole(back, size)).toBe(true)
  })

  test('never leaves the matrix, and never stops short of a few entries', () => {
    let window = wholeMatrix(size)
    for (let step = 0; step < 60; step += 1) {
      window = zoomedWindow(size, window, 1.3, { down: 1, right: 1 })
    }
    expect(window).toEqual({ firstRow: 992, rowCount: 8, firstColumn: 392, columnCount: 8 })
    expect(movedWindow(size, window, 5, 5)).toEqual(window)
    expect(movedWindow(size, window, -1000, -0.5)).toMatchObject({ firstRow: 0, firstColumn: 388 })
    const tiny = { rows: 3, columns: 3 }
    expect(zoomedWindow(tiny, wholeMatrix(tiny), 4, { down: 0, right: 0 })).toEqual(wholeMatrix(tiny))
  })

  test('cells cover rows as the host shares them out', () => {
    const cells = 7
    for (let row = 0; row < 24; row += 1) {
      const cell = Math.floor((row * cells) / 24)
      const [first, last] = cellRange(100, 24, cells, cell)
      expect(first <= 100 + row && 100 + row <= last).toBe(true)
    }
  })
})
