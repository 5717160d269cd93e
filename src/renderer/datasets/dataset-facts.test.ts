import { describe, expect, it } from 'vitest'
import { exampleDataset } from '../testing/examples'
import { arrayFacts, fileName, originFacts, originText, sizeText } from './dataset-facts'

const facts = (list: { label: string; value: string }[]) =>
  Object.fromEntries(list.map(({ label, value }) => [label, value]))

describe('facts of a dataset', () => {
  it('say its size in the words of its kind', () => {
    expect(sizeText(exampleDataset())).toBe('4 × 5 pixels, 6 bands')
    expect(sizeText({ ...exampleDataset(), kind: 'library' })).toBe('5 spectra, 4 bands')
    expect(sizeText({ ...exampleDataset(), kind: 'tensor' })).toBe('4 × 5 × 6')
  })

  it('count bad bands and odd values, and leave out what is usual', () => {
    const plain = facts(arrayFacts(exampleDataset()))
    expect(plain['Bad bands']).toBeUndefined()
    expect(plain['Scale']).toBeUndefined()
    const odd = facts(
      arrayFacts({
        ...exampleDataset(),
        scale: 0.0001,
        goodBands: [true, false, true, false, true, true],
        summary: {
          count: 120,
          nanCount: 1200,
          infiniteCount: 0,
          negativeCount: 3,
          noDataCount: 0,
          firstInvalid: [0, 0, 0],
          firstNegative: [0, 1, 0],
          minimum: -1,
          maximum: 1,
          mean: 0,
        },
      }),
    )
    expect(odd['Bad bands']).toBe('2, left out of charts')
    expect(odd['Odd values']).toBe('1,200 NaN, 3 negative')
    expect(odd['Scale']).toBe('0.0001')
  })

  it('name the file by its last part, whatever the system', () => {
    expect(fileName('/home/ada/a.mat')).toBe('a.mat')
    expect(fileName('C:\\data\\a.mat')).toBe('a.mat')
  })

  it('tell where it came from', () => {
    expect(originText(exampleDataset())).toBe('Generated, seed 0')
    const file = {
      ...exampleDataset(),
      origin: {
        type: 'file' as const,
        format: 'ENVI',
        files: [
          { path: '/d/a.hdr', bytes: 1, sha256: null },
          { path: '/d/a.raw', bytes: 2, sha256: null },
        ],
        choices: {},
      },
    }
    expect(originText(file)).toBe('a.hdr, a.raw')
    expect(facts(originFacts(file))).toMatchObject({ 'From': 'a.hdr', 'From (2)': 'a.raw' })
  })
})
