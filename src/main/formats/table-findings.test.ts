import { expect, test } from 'vitest'
import type { ColumnRole } from '../../shared/dataset'
import { tableFindings } from './table-findings'

const wave = (row: number) => Math.sin(12.9898 * row + 0.3) * 3
const other = (row: number) => Math.cos(7.233 * row * row)

function found(columns: [string, ColumnRole, (row: number) => number][], rows = 200) {
  return tableFindings({ rows, columns: columns.map(([name, role, at]) => ({ name, role, at })) }).join('\n')
}

test('a sound table has nothing to tell', () => {
  expect(
    found([
      ['a', 'input', wave],
      ['b', 'input', other],
      ['y', 'target', (row) => wave(row) * other(row)],
    ]),
  ).toBe('')
})

test('an input that copies the target is a leak', () => {
  const says = found([
    ['a', 'input', wave],
    ['copy', 'input', (row) => 3 - 2 * other(row)],
    ['y', 'target', other],
  ])
  expect(says).toMatch(/^copy determines y by a straight line: this looks like a leak/)
})

test('two inputs that sum to the target are a leak, and the others are not named', () => {
  const says = found([
    ['a', 'input', (row) => Math.sin(row * row * 0.37)],
    ['casual', 'input', wave],
    ['registered', 'input', other],
    ['y', 'target', (row) => wave(row) + other(row)],
  ])
  expect(says).toMatch(/^y is a weighted sum of casual and registered to within/)
})

test('inputs whose sum is the exponential of the target are a leak', () => {
  const [one, two] = [(row: number) => 20 + (19 * wave(row)) / 3, (row: number) => 40 + 30 * other(row)]
  const says = found([
    ['casual', 'input', one],
    ['hour', 'input', (row) => row % 24],
    ['registered', 'input', two],
    ['y', 'target', (row) => Math.log(one(row) + two(row)) - 4],
  ])
  expect(says).toMatch(
    /^The exponential of y is a weighted sum of casual and registered|registered and casual/,
  )
})

test('constant columns, repeated rows, wild scales and negative variances are named', () => {
  const says = found(
    [
      ['flat', 'input', () => 2],
      ['tiny', 'input', (row) => (row % 50) * 1e-7],
      ['huge', 'input', (row) => (row % 50) * 1e5],
      ['v', 'noise-variance', (row) => row - 1],
      ['y', 'target', wave],
    ],
    100,
  )
  expect(says).toMatch(/flat has the same value in every row/)
  expect(says).toMatch(/50 rows repeat the inputs/)
  expect(says).toMatch(/huge spreads .* times wider than tiny/)
  expect(says).toMatch(/v holds 2 values that are not above zero, which variances cannot be/)
})
