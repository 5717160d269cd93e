import { describe, expect, it } from 'vitest'
import { findMethod, methods } from '..'
import { blindMethods, libraryMethods, parametersOfRepeats } from './repeated-method'

const idsOf = (some: readonly { description: { id: string } }[]) =>
  some.map(({ description }) => description.id)

describe('methods that can be repeated', () => {
  const direct = methods.filter(({ description }) => !['seed-spread', 'bootstrap'].includes(description.id))

  it('are those that find endmembers and abundances in a cube alone', () => {
    const ids = idsOf(blindMethods(direct))
    expect(ids).toEqual(expect.arrayContaining(['edaa', 'fcls', 'ss-nmf']))
    expect(ids).not.toContain('vca')
    expect(ids).not.toContain('synthetic-scene')
  })

  it('take a library where they unmix with given spectra, not where these are a start', () => {
    const ids = idsOf(libraryMethods(direct).map(({ method }) => method))
    expect(ids).toContain('fcls')
    expect(ids).not.toContain('ss-nmf')
  })
})

describe('parameters of a repeated method', () => {
  const edaa = findMethod('edaa')
  const fixed = { endmembers: 4, negativeValues: 'clip', normalisation: 'none' }

  it('are its defaults, with what was set', () => {
    const parameters = parametersOfRepeats(edaa, ' rounds=7,\nrule=fit; fitTolerance=0.1 ', fixed)
    expect(parameters).toMatchObject({ endmembers: 4, normalisation: 'none', restarts: 50 })
    expect(parameters).toMatchObject({ rounds: 7, rule: 'fit', fitTolerance: 0.1 })
    expect(parameters).not.toHaveProperty('negativeValues')
    expect(parametersOfRepeats(findMethod('ss-nmf'), '', fixed)).toMatchObject({ negativeValues: 'clip' })
  })

  it.each([
    ['rounds', 'name=value'],
    ['speed=7', "no parameter 'speed'. It has: restarts, rule"],
    ['rounds=many', 'is a number'],
    ['rounds=0', 'whole number of at least 1'],
    ['rule=best', 'one of volume, coherence, fit'],
    ['endmembers=3', 'field of its own'],
    ['normalisation=none', 'field of its own'],
  ])('refuse %s and say why', (settings, said) => {
    expect(() => parametersOfRepeats(edaa, settings, fixed)).toThrow(
      expect.objectContaining({
        field: 'settings',
        message: expect.stringContaining(said) as string,
      }) as Error,
    )
  })
})
