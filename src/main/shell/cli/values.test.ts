import { describe, expect, test } from 'vitest'
import { z } from 'zod'
import { describeParameters } from '../../../shared/parameter'
import { findMethod } from '../../methods'
import { duration, table } from './output'
import { choicesOf, inputReference, parametersOf, splitOptions } from './values'

describe('values on the command line', () => {
  const { description } = findMethod('vca')

  test('become what their parameter is', () => {
    expect(
      parametersOf(description, ['endmembers=3', 'snr=null', 'useGoodBands=false', 'normalisation=none']),
    ).toEqual({
      endmembers: 3,
      snr: null,
      useGoodBands: false,
      normalisation: 'none',
    })
    expect(parametersOf(description, ['snr=1e1'])).toEqual({ snr: 10 })
  })

  test('may be lists', () => {
    const parameters = describeParameters(
      z.object({ ranks: z.array(z.int().min(1)).min(2).nullable().meta({ title: 'Ranks' }) }),
    )
    const lists = { ...description, parameters }
    expect(parametersOf(lists, ['ranks=20,20,5'])).toEqual({ ranks: [20, 20, 5] })
    expect(parametersOf(lists, ['ranks=[20, 20, 5]'])).toEqual({ ranks: [20, 20, 5] })
    expect(parametersOf(lists, ['ranks='])).toEqual({ ranks: null })
    expect(() => parametersOf(lists, ['ranks=20,many,5'])).toThrow(/'many' in '20,many,5' is no number/)
    expect(() => parametersOf(lists, ['ranks=20,,5'])).toThrow(/is no number/)
  })

  test.each([
    ['endmembers=three', /Endmembers \('endmembers'\) is a number, not 'three'/],
    ['endmembers=', /is a number/],
    ['useGoodBands=yes', /'true' or 'false'/],
    ['endmembers', /name=value/],
    ['=3', /name=value/],
  ])('%s is refused', (text, says) => {
    expect(() => parametersOf(description, [text])).toThrow(says)
  })

  test('name inputs', () => {
    expect(inputReference('truth', 'scene')).toEqual({ type: 'truth', dataset: 'scene', part: 'endmembers' })
    expect(inputReference('truth:other', 'scene')).toEqual({
      type: 'truth',
      dataset: 'other',
      part: 'endmembers',
    })
    const maps = { type: 'truth', dataset: 'other', part: 'abundances' }
    expect(inputReference('truth:other/abundances', null)).toEqual(maps)
    expect(inputReference('truth/abundances', 'other')).toEqual(maps)
    expect(() => inputReference('truth', null)).toThrow(/An input is written truth:DATASET/)
    expect(inputReference('run:0003-vca/endmembers', 'scene')).toEqual({
      type: 'artifact',
      run: '0003-vca',
      artifact: 'endmembers',
    })
    expect(inputReference('run:0003-sgpr', 'scene')).toEqual({ type: 'run', run: '0003-sgpr' })
    expect(inputReference('dataset:other', 'scene')).toEqual({ type: 'dataset', dataset: 'other' })
    expect(() => inputReference('library', 'scene')).toThrow(/An input is written/)
  })

  test('choose how a file and its truth are read', () => {
    expect(splitOptions(['cube=V', 'truth.pixelOrder=a=b'])).toEqual({
      scene: [['cube', 'V']],
      truth: [['pixelOrder', 'a=b']],
    })
    const option = { title: '', help: '', choices: [], value: '' }
    const options = [
      { ...option, key: 'lines', type: 'integer' as const },
      { ...option, key: 'flip', type: 'boolean' as const },
    ]
    expect(
      choicesOf(options, [
        ['lines', '95'],
        ['flip', 'true'],
      ]),
    ).toEqual({ lines: 95, flip: true })
    expect(() => choicesOf(options, [['rows', '1']])).toThrow(/It has: lines, flip/)
  })
})

describe('text in a terminal', () => {
  test('has columns that line up, numbers to the right', () => {
    expect(
      table(
        ['Run', 'SAD'],
        [
          ['a', '1.5'],
          ['long', '10.25'],
        ],
      ),
    ).toBe('Run     SAD\na       1.5\nlong  10.25')
  })

  test.each([
    [0.25, '0.3 s'],
    [42, '42 s'],
    [245, '4 min 05 s'],
    [7260, '2 h 01 min'],
  ])('%d seconds are %s', (seconds, text) => {
    expect(duration(seconds)).toBe(text)
  })
})
