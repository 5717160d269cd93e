import { describe, expect, it } from 'vitest'
import { TraceBuffer } from './trace-buffer'

describe('TraceBuffer', () => {
  it('grows without losing rows', () => {
    const buffer = new TraceBuffer(2)
    const rows = Array.from({ length: 500 }, (_, index) => [index, index * 2])
    buffer.append(rows.slice(0, 100))
    buffer.append(rows.slice(100))
    expect(buffer.length).toBe(500)
    expect(buffer.last).toBe(499)
    expect(buffer.column(1)[499]).toBe(998)
  })

  it('counts a row once, however it came', () => {
    const buffer = new TraceBuffer(2)
    buffer.append([
      [3, 30],
      [4, 40],
    ])
    buffer.load([1, 10, 2, 20, 3, 30])
    buffer.append([
      [4, 40],
      [5, 50],
    ])
    expect([...buffer.column(0)]).toEqual([1, 2, 3, 4, 5])
    expect([...buffer.column(1)]).toEqual([10, 20, 30, 40, 50])
  })

  it('passes over rows of another width', () => {
    const buffer = new TraceBuffer(3)
    buffer.append([[1, 2]])
    expect(buffer.length).toBe(0)
    expect(buffer.last).toBe(Number.NEGATIVE_INFINITY)
  })
})
