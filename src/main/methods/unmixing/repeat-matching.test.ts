import { describe, expect, it } from 'vitest'
import { matchRepeats, meanAgreement } from './repeat-matching'

const spectra = (...columns: number[][]) => columns.map((column) => Float64Array.from(column))

describe('matching repeats', () => {
  const [x, y, z] = [
    [1, 0, 0],
    [0, 1, 0],
    [0, 0, 1],
  ] as const
  const aslant = [1, 0.1, 0]

  it('finds the permutation of each repeat, whatever the lengths of its spectra', () => {
    const matching = matchRepeats([
      spectra([...x], [...y], [...z]),
      spectra([0, 0, 5], [3, 0, 0], [0, 2, 0]),
      spectra([...y], [...z], aslant),
    ])
    expect(matching.reference).toBe(0)
    expect(matching.orders).toEqual([
      [0, 1, 2],
      [1, 2, 0],
      [2, 0, 1],
    ])
    expect(matching.angles[1]).toEqual([0, 0, 0])
    const turned = (Math.atan(0.1) * 180) / Math.PI
    expect(matching.angles[2]?.[0]).toBeCloseTo(turned, 10)
    expect(matching.agreement[2]?.[1]).toBeCloseTo(turned / 3, 10)
    expect(meanAgreement(matching)).toBeCloseTo((2 * turned) / 9, 10)
  })

  it('takes the repeat in the middle as the reference', () => {
    const at = (degrees: number) => [Math.cos((degrees * Math.PI) / 180), Math.sin((degrees * Math.PI) / 180)]
    const repeats = [80, 10, 14, 12].map((degrees) => spectra(at(degrees)))
    expect(matchRepeats(repeats).reference).toBe(2)
  })

  it('gives spectra that are zero, and repeats with fewer components, an angle and no partner', () => {
    const matching = matchRepeats([
      spectra([...x], [0, 0, 0]),
      spectra([...x], [...y]),
      spectra([...x], [...y]),
      spectra([...z]),
    ])
    expect(matching.reference).toBe(1)
    expect(matching.agreement.flat().every(Number.isFinite)).toBe(true)
    expect(matching.angles.flat().every(Number.isFinite)).toBe(true)
    expect(matching.orders[3]).toContain(-1)
    expect(matching.angles[3]).toEqual([90, 90])
  })
})
