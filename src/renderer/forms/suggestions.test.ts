import { expect, it } from 'vitest'
import { exampleDataset } from '../testing/examples'
import { suggestionsFrom } from './suggestions'

it('offers as many endmembers as the truth has, and nothing where there is none', () => {
  const withTruth = exampleDataset({ id: 'samson', name: 'Samson', truth: true })
  const count = withTruth.truth?.endmembers?.shape[1] ?? 0
  expect(suggestionsFrom(withTruth).endmembers).toEqual({ value: count, label: `${count} in the truth` })
  expect(suggestionsFrom(exampleDataset({ id: 'plain', name: 'Plain' }))).toEqual({})
  expect(suggestionsFrom(null)).toEqual({})
})
