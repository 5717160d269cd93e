import { describe, expect, test } from 'vitest'
import { methodDescriptionSchema, type CubeValue, type SpectraValue } from '../../shared/method'
import { datasetRecord } from '../../../test/fixtures/run-records'
import { findMethod, methods } from './index'

function cube(changes: Parameters<typeof datasetRecord>[0] = {}): CubeValue {
  const dataset = datasetRecord(changes)
  const { dtype, byteOrder, offset, shape, strides } = dataset.array
  return { dataset, source: { path: '/nowhere', dtype, byteOrder, offset, shape, strides } }
}

function spectra(bands: number, count: number, normalisation: string | null = null): SpectraValue {
  return {
    source: {
      path: '/nowhere',
      dtype: 'float64',
      byteOrder: 'little',
      offset: 0,
      shape: [bands, count],
      strides: [count, 1],
    },
    bands: { name: 'band', size: bands, unit: null, coordinates: null, labels: null },
    labels: null,
    from: 'from run 0001-vca',
    normalisation,
  }
}

const summary = {
  count: 120,
  nanCount: 0,
  infiniteCount: 0,
  negativeCount: 0,
  noDataCount: 0,
  firstInvalid: null,
  firstNegative: null,
  minimum: 0,
  maximum: 1,
  mean: 0.5,
}

describe.each(methods.map((method) => [method.description.id, method] as const))('%s', (_id, method) => {
  const { description } = method

  test('has everything a person sees', () => {
    expect(methodDescriptionSchema.parse(description)).toEqual(description)
    expect(description.summary).toMatch(/\.$/)
    expect(description.equations.length).toBeGreaterThan(0)
    expect(description.documentation).toContain('## When to use it')
    expect(description.documentation).toContain('## What to look out for')
    if (description.role === 'solver') expect(description.cite.length).toBeGreaterThan(0)
    for (const { doi, arxiv, venue } of description.cite) {
      // Those proceedings give none.
      const named = /PMLR|Neural Information Processing/.exec(venue)?.[0]
      expect(doi ?? arxiv ?? named).toBeDefined()
    }
  })

  test('has defaults that pass its own checks, and a title for every choice', () => {
    const answers: Record<string, unknown> = { endmembers: 3, ranks: [3, 3, 3], pixels: [0, 1, 2, 3] }
    const needed = description.parameters.filter((parameter) => parameter.default === undefined)
    const answered = needed.map(({ name }) => [name, answers[name]])
    for (const [, answer] of answered) expect(answer).toBeDefined()
    const parsed = method.params.parse(Object.fromEntries(answered))
    expect(Object.keys(parsed)).toEqual(description.parameters.map(({ name }) => name))
    for (const { choices } of description.parameters) {
      for (const { value, title } of choices) expect(title).not.toBe(value)
    }
  })

  test('names outputs once, and gives columns to its trace only', () => {
    const names = description.outputs.map(({ name }) => name)
    expect(new Set(names).size).toBe(names.length)
    for (const { meaning, columns } of description.outputs)
      expect(columns.length > 0).toBe(meaning === 'trace')
  })
})

describe('what is refused before a run is queued', () => {
  const vca = findMethod('vca')
  const fcls = findMethod('fcls')
  const ssNmf = findMethod('ss-nmf')

  test('more endmembers than bands', () => {
    expect(() => vca.check({ cube: cube() }, { endmembers: 7 })).toThrow(/7 endmembers .* 6 bands/)
    const goodBands = [true, true, false, false, false, false]
    expect(() => vca.check({ cube: cube({ goodBands }) }, { endmembers: 3 })).toThrow(/2 bands/)
    expect(() =>
      vca.check({ cube: cube({ goodBands }) }, { endmembers: 3, useGoodBands: false }),
    ).not.toThrow()
    expect(() => vca.check({ cube: cube() }, { endmembers: 3, leaveOutBands: '0-3' })).toThrow(/2 bands/)
    expect(() => vca.check({ cube: cube() }, { endmembers: 3, leaveOutBands: '4-9' })).toThrow(
      /Band 9 is not/,
    )
  })

  test('NaN and negative values that the import counted, unless told what to do with them', () => {
    const nan = cube({ summary: { ...summary, nanCount: 2, firstInvalid: [1, 2, 3] } })
    expect(() => vca.check({ cube: nan }, { endmembers: 3 })).toThrow(/line 1, sample 2, band 3/)
    expect(() => vca.check({ cube: nan }, { endmembers: 3, invalidPixels: 'skip' })).not.toThrow()
    const negative = cube({ summary: { ...summary, negativeCount: 5, firstNegative: [0, 1, 2] } })
    const inputs = { cube: negative, start: null }
    expect(() => ssNmf.check(inputs, { endmembers: 3 })).toThrow(
      /5 negative values.*line 0, sample 1, band 2/,
    )
    expect(() => ssNmf.check(inputs, { endmembers: 3, negativeValues: 'clip' })).not.toThrow()
    expect(() => vca.check({ cube: negative }, { endmembers: 3 })).not.toThrow()
  })

  test('FCLS without endmembers, or with some that do not fit', () => {
    expect(() => fcls.check({ cube: cube(), spectra: null }, {})).toThrow(/needs endmembers/)
    expect(() => fcls.check({ cube: cube(), spectra: null }, { endmembers: 3 })).not.toThrow()
    expect(() => fcls.check({ cube: cube(), spectra: spectra(6, 3) }, {})).not.toThrow()
    expect(() => fcls.check({ cube: cube(), spectra: spectra(5, 3) }, {})).toThrow(
      /5 bands, the cube 'Scene' has 6/,
    )
    expect(() => fcls.check({ cube: cube(), spectra: spectra(6, 3) }, { endmembers: 4 })).toThrow(
      /4 endmembers/,
    )
    const stretched = { normalisation: 'min-max' }
    expect(() => fcls.check({ cube: cube(), spectra: spectra(6, 3, 'unit-length') }, stretched)).toThrow(
      /already scaled/,
    )
    expect(() => fcls.check({ cube: cube(), spectra: spectra(6, 3, 'min-max') }, stretched)).not.toThrow()
    expect(() => fcls.check({ cube: cube(), spectra: null }, { endmembers: 3, ...stretched })).not.toThrow()
  })

  test('picked pixels that are no pairs, or not in the scene', () => {
    const pixels = findMethod('picked-pixels')
    const check = (list: number[]) => () => {
      pixels.check({ cube: cube() }, { pixels: list })
    }
    expect(check([0, 1, 2])).toThrow(/3 numbers are no list of pixels/)
    expect(check([0, 1, 999, 0])).toThrow(/no pixel at line 999, sample 0/)
    expect(check([0, 1])).not.toThrow()
  })

  test('SS-NMF with an even window, or a start of another size', () => {
    const inputs = { cube: cube(), start: null }
    expect(() => ssNmf.check(inputs, { endmembers: 3, window: 4 })).toThrow(/Choose 3 or 5/)
    expect(() => ssNmf.check({ cube: cube(), start: spectra(6, 4) }, { endmembers: 3 })).toThrow(/4 spectra/)
  })

  test('a method that does not exist, with those that do', () => {
    expect(() => findMethod('kmeans')).toThrow(/There are: .*vca.*fcls.*ss-nmf/)
  })
})
