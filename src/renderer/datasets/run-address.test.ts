import { expect, it } from 'vitest'
import { exampleMethod } from '../testing/examples'
import { runQuery } from './run-address'

const input = { name: 'spectra', title: 'Spectra', help: '' }
const blind = {
  ...exampleMethod(),
  id: 'blind',
  inputs: [{ ...input, type: 'spectra', optional: true } as const],
}
const sparse = {
  ...exampleMethod(),
  id: 'sparse',
  inputs: [{ ...input, type: 'spectra', optional: false } as const],
}

it('a library goes to the method that needs one, before those that may be given one', () => {
  const library = { id: 'usgs', kind: 'library' } as const
  expect(runQuery(library, [blind, sparse])).toEqual({ dataset: 'usgs', method: 'sparse' })
  expect(runQuery(library, [blind])).toEqual({ dataset: 'usgs', method: 'blind' })
  expect(runQuery({ id: 'samson', kind: 'cube' }, [blind, sparse])).toEqual({ dataset: 'samson' })
})
