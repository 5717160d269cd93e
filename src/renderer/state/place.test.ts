import { describe, expect, it } from 'vitest'
import { hashOf, href, parsePlace, withQuery } from './place'

describe('parsePlace', () => {
  it('reads the path and the query of a hash', () => {
    const place = parsePlace('#/datasets/samson?tab=truth&x=1')
    expect(place.path).toEqual(['datasets', 'samson'])
    expect(place.query.get('tab')).toBe('truth')
  })

  it('takes nothing as the first page', () => {
    expect(parsePlace('').path).toEqual([])
    expect(parsePlace('#/').path).toEqual([])
  })

  it('reads back what href writes, whatever is in a name', () => {
    const path = ['runs', 'a/b?c#d', 'ä %']
    expect(parsePlace(href(...path)).path).toEqual(path)
  })

  it('survives a broken escape', () => {
    expect(parsePlace('#/datasets/%zz').path).toEqual(['datasets', '%zz'])
  })
})

describe('withQuery', () => {
  it('sets and takes away, and leaves the place it came from alone', () => {
    const place = parsePlace('#/datasets?dialog=generate&x=1')
    expect(hashOf(withQuery(place, { dialog: null, y: 'a b' }))).toBe('#/datasets?x=1&y=a+b')
    expect(place.query.get('dialog')).toBe('generate')
  })
})
