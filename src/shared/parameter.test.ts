import { describe, expect, test } from 'vitest'
import { z } from 'zod'
import { describeParameters, lengthText, parseNumberList, sameParameterValue } from './parameter'

describe('parameters that are lists', () => {
  test('say what their elements may be, and how many there are', () => {
    const [ranks, widths] = describeParameters(
      z.object({
        ranks: z
          .array(z.int().min(1).max(500))
          .min(2)
          .max(8)
          .default([5, 5, 5])
          .meta({ title: 'Ranks', symbol: 'r', unit: 'components' }),
        widths: z.array(z.number().gt(0)).nullable().default(null).meta({ title: 'Widths' }),
      }),
    )
    expect(ranks).toMatchObject({
      type: 'integers',
      minimum: 1,
      maximum: 500,
      leastLength: 2,
      mostLength: 8,
      default: [5, 5, 5],
      symbol: 'r',
    })
    expect(widths).toMatchObject({
      type: 'numbers',
      nullable: true,
      minimum: 0,
      exclusiveMinimum: true,
      maximum: null,
      leastLength: null,
      mostLength: null,
      default: null,
    })
    expect(ranks && lengthText(ranks)).toBe('2 to 8')
    expect(lengthText({ leastLength: 3, mostLength: 3 })).toBe('3')
    expect(lengthText({ leastLength: 1, mostLength: null })).toBe('at least 1')
  })

  test.each([
    ['20,20,5', [20, 20, 5]],
    ['[20, 20, 5]', [20, 20, 5]],
    ['20 20 5', [20, 20, 5]],
    ['20 × 20 × 5', [20, 20, 5]],
    ['1e-3; .5,', [0.001, 0.5]],
    ['', []],
    ['20,,5', [20, null, 5]],
    ['20,five', [20, null]],
  ])('%j is read as %j', (text, elements) => {
    expect(parseNumberList(text).elements).toEqual(elements)
  })

  test('are the same where their elements are', () => {
    expect(sameParameterValue([1, 2], [1, 2])).toBe(true)
    expect(sameParameterValue([1, 2], [2, 1])).toBe(false)
    expect(sameParameterValue([1, 2], null)).toBe(false)
    expect(sameParameterValue('a', 'a')).toBe(true)
  })
})
