import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { rowMajorStrides, type ArraySource } from '../../../shared/array'
import { temporaryFolder } from '../../../../test/fixtures/temporary-folder'
import { writeNpy } from '../../formats'
import { match, scoreUnmixing, type UnmixingScoreInput } from './score'

const folder = temporaryFolder()
let written = 0

async function array(name: string, shape: number[], values: readonly number[]): Promise<ArraySource> {
  written += 1
  const path = join(folder.path(), `${name}-${written}.npy`)
  const { dtype, byteOrder, offset } = await writeNpy(path, 'float64', shape, Float64Array.from(values))
  return { path, dtype, byteOrder, offset, shape, strides: rowMajorStrides(shape) }
}

/** Two materials in three bands over 1 × 2 pixels; the estimate has them the other way round. */
async function swapped(changes: Partial<UnmixingScoreInput> = {}): Promise<UnmixingScoreInput> {
  return {
    truth: {
      endmembers: await array('true-spectra', [3, 2], [1, 0, 0, 1, 0, 0]),
      abundances: await array('true-maps', [2, 1, 2], [1, 0.5, 0, 0.5]),
      names: ['Soil', 'Water'],
    },
    estimate: {
      endmembers: await array('spectra', [3, 2], [1, 5, 1, 0, 0, 0]),
      abundances: await array('maps', [2, 1, 2], [0, 0.4, 1, 0.6]),
    },
    bands: null,
    normalisation: 'none',
    threads: 1,
    ...changes,
  }
}

describe('the score card of unmixing', () => {
  test('matches by abundance and gives angles in degrees and errors in percent', async () => {
    const { scoreCard, warnings } = await scoreUnmixing(await swapped())
    expect(scoreCard?.matching).toEqual([1, 0])
    const [soil, water] = scoreCard?.rows ?? []
    expect(soil?.[0]).toBe('Soil')
    expect(soil?.[2]).toBeCloseTo(0, 10)
    expect(water?.[2]).toBeCloseTo(45, 10)
    const [sad, armse] = scoreCard?.metrics ?? []
    expect(sad).toMatchObject({ id: 'sad', unit: '°' })
    expect(sad?.value).toBeCloseTo(22.5, 10)
    expect(armse?.value).toBeCloseTo(100 * Math.sqrt(0.02 / 4), 10)
    expect(warnings).toEqual([])
    expect(scoreCard?.rules.join(' ')).toMatch(/Hungarian.*Scaling.*degrees.*100/s)
  })

  test('finds the true materials of a library by their names, and counts what wrong spectra take in the SRE', async () => {
    const input = await swapped()
    const { scoreCard, warnings } = await scoreUnmixing({
      ...input,
      estimate: {
        endmembers: await array('library', [3, 3], [1, 0, 0, 0, 1, 0, 0, 0, 1]),
        abundances: await array('found', [3, 1, 2], [0, 0.4, 0.1, 0, 0.9, 0.6]),
        names: ['Water', 'Clay', 'Soil'],
      },
    })
    expect(scoreCard?.matching).toEqual([2, 0])
    // ‖X‖² = 1 + 0.25 + 0.25; the error has 0.02 of Soil, 0.01 of Water and 0.01 of Clay, which is not there.
    const sre = scoreCard?.metrics.find(({ id }) => id === 'sre')
    expect(sre).toMatchObject({ title: 'SRE', unit: 'dB', better: 'higher' })
    expect(sre?.value).toBeCloseTo(10 * Math.log10(1.5 / 0.04), 10)
    expect(scoreCard?.rules.join(' ')).toMatch(/has its name.*SRE: 20/s)
    expect(warnings).toEqual([])
  })

  test('goes back to the smallest differences where a name is missing or stands for two spectra', async () => {
    const input = await swapped()
    for (const names of [['Water', 'Clay'], ['Soil', 'Soil'], null]) {
      const { scoreCard } = await scoreUnmixing({ ...input, estimate: { ...input.estimate, names } })
      expect(scoreCard?.matching).toEqual([1, 0])
      expect(scoreCard?.rules[0]).toMatch(/Hungarian/)
    }
  })

  test('warns of a flipped sign and leaves the angle as it is', async () => {
    const input = await swapped()
    const endmembers = await array('flipped', [3, 2], [1, -5, 1, 0, 0, 0])
    const { scoreCard, warnings } = await scoreUnmixing({
      ...input,
      estimate: { ...input.estimate, endmembers },
    })
    expect(scoreCard?.rows[0]?.[2]).toBeCloseTo(180, 10)
    expect(warnings.join(' ')).toMatch(/Endmember 2 points away from the true Soil/)
  })

  test('compares as many as both have, and says so', async () => {
    const input = await swapped()
    const estimate = {
      endmembers: await array('one', [3, 1], [1, 0, 0]),
      abundances: await array('one-map', [1, 1, 2], [1, 0.5]),
    }
    const { scoreCard, warnings } = await scoreUnmixing({ ...input, estimate })
    expect(scoreCard?.matching).toEqual([0, null])
    expect(scoreCard?.rows[1]).toEqual(['Water', null, null, null])
    expect(scoreCard?.rules.at(-1)).toMatch(/truth has 2 materials, the run has 1/)
    expect(warnings.join(' ')).toMatch(/compares 1 pairs/)
  })

  test('matches by angle where there are no abundances, and uses the kept bands only', async () => {
    const input = await swapped({ bands: [0, 1] })
    const endmembers = await array('kept', [2, 2], [1, 5, 1, 0])
    const { scoreCard } = await scoreUnmixing({
      ...input,
      truth: { ...input.truth, abundances: null },
      estimate: { endmembers, abundances: null },
    })
    expect(scoreCard?.matching).toEqual([1, 0])
    expect(scoreCard?.metrics.map(({ id }) => id)).toEqual(['sad'])
    expect(scoreCard?.rules.join(' ')).toMatch(/because there are no abundances.*2 bands/s)
  })

  test('finds the best of all assignments, with room on either side', () => {
    expect(
      match([
        [4, 1, 3],
        [2, 0, 5],
        [3, 2, 2],
      ]),
    ).toEqual([1, 0, 2])
    expect(match([[1, 2, 0.5]])).toEqual([2])
    expect(match([[5], [1]])).toEqual([null, 0])
    expect(
      match([
        [Number.NaN, 1],
        [1, Number.NaN],
      ]),
    ).toEqual([1, 0])
  })
})
