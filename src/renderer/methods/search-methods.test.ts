import { describe, expect, it } from 'vitest'
import { exampleMethod } from '../testing/examples'
import { citationAddress } from './citation'
import { searchMethods } from './search-methods'

const methods = [
  {
    ...exampleMethod(),
    id: 'vca',
    title: 'Vertex component analysis',
    familyTitle: 'Unmixing',
    section: 'Extraction',
  },
  {
    ...exampleMethod(),
    id: 'ss-nmf',
    title: 'Structured sparse NMF',
    familyTitle: 'Unmixing',
    section: 'Blind',
  },
  { ...exampleMethod(), id: 'atgp', title: 'ATGP', familyTitle: 'Unmixing', section: 'Extraction' },
  { ...exampleMethod(), id: 'gmres', title: 'GMRES', familyTitle: 'Krylov solvers' },
]
const ids = (search: string) =>
  searchMethods(methods, search).flatMap(({ sections }) =>
    sections.flatMap((section) => section.methods.map(({ id }) => id)),
  )

describe('searchMethods', () => {
  it('groups by family', () => {
    expect(searchMethods(methods, '').map(({ family }) => family)).toEqual(['Unmixing', 'Krylov solvers'])
  })

  it('groups the methods of a family under headings, each one once', () => {
    const [unmixing, krylov] = searchMethods(methods, '')
    const plain = unmixing?.sections.map(({ title, methods: own }) => [title, own.map(({ id }) => id)])
    expect(plain).toEqual([
      ['Extraction', ['vca', 'atgp']],
      ['Blind', ['ss-nmf']],
    ])
    expect(krylov?.sections.map(({ title }) => title)).toEqual([null])
    expect(ids('extraction')).toEqual(['vca', 'atgp'])
  })

  it('finds by name and by family, all words needed', () => {
    expect(ids('sparse nmf')).toEqual(['ss-nmf'])
    expect(ids('unmix')).toEqual(['vca', 'atgp', 'ss-nmf'])
    expect(ids('unmix gmres')).toEqual([])
  })
})

describe('citationAddress', () => {
  it('prefers the DOI', () => {
    const cite = { authors: '', title: '', year: 2014, venue: '' }
    expect(citationAddress({ ...cite, doi: '10.1/x', arxiv: '1' })).toBe('https://doi.org/10.1/x')
    expect(citationAddress({ ...cite, arxiv: '1403.4682' })).toBe('https://arxiv.org/abs/1403.4682')
    expect(citationAddress(cite)).toBeNull()
  })
})
