import { expect, test } from 'vitest'
import { counted, figure, grouped, listed } from './wording'

test('numbers and lists as a person writes them', () => {
  expect([grouped(9025), grouped(999), grouped(1e15), grouped(-1234.5), grouped(1e25)]).toEqual([
    '9,025',
    '999',
    '1,000,000,000,000,000',
    '−1,234.5',
    '10²⁵',
  ])
  expect([counted(1, 'byte'), counted(2, 'entry', 'entries')]).toEqual(['1 byte', '2 entries'])
  expect([figure(1 / 3), listed(['a']), listed(['a', 'b', 'c'])]).toEqual(['0.333333', 'a', 'a, b and c'])
})
