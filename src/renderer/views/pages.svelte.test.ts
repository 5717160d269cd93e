import { describe, expect, it } from 'vitest'
import { Pages } from './pages.svelte'

const names = ['Alunite', 'Buddingtonite', 'Calcite', 'Chlorite', 'Kaolinite']
const shown = (pages: Pages) => pages.shown.map(({ name }) => name)

describe('pages of many things', () => {
  it('show the strongest first, and all page by page', () => {
    const pages = new Pages(
      () => names,
      () => [0.1, 0.5, 0, 0.9, 0.2],
      2,
    )
    expect(pages.needed).toBe(true)
    expect(shown(pages)).toEqual(['Chlorite', 'Buddingtonite'])
    pages.page = 2
    expect(shown(pages)).toEqual(['Calcite'])
    pages.strongestFirst = false
    pages.page = 0
    expect(shown(pages)).toEqual(['Alunite', 'Buddingtonite'])
  })

  it('are searched by name, from the first page on', () => {
    const pages = new Pages(
      () => names,
      () => null,
      2,
    )
    pages.page = 2
    pages.find('chl')
    expect(shown(pages)).toEqual(['Chlorite'])
    expect(pages.count).toBe(1)
    pages.find('nothing of this name')
    expect(shown(pages)).toEqual([])
  })
})
