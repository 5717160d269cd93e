import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { defineMethod } from '../../shared/method'
import { MethodForm } from './method-form.svelte'

const { description } = defineMethod({
  id: 'toy',
  family: 'toys',
  version: 1,
  title: 'Toy',
  summary: '',
  equations: [],
  documentation: '',
  cite: [],
  inputs: {},
  params: z.object({
    count: z.int().min(2).max(8).meta({ title: 'Count' }),
    weight: z.number().min(0).default(0.1).meta({ title: 'Weight' }),
  }),
  outputs: {},
  solve: () => Promise.reject(new Error('never called')),
})

describe('MethodForm', () => {
  it('says nothing about fields nobody has touched, until the run is asked for', () => {
    const form = new MethodForm(description)
    expect(form.ready).toBe(false)
    expect(form.problemOf('count')).toBeNull()
    expect(form.check()).toBe(false)
    expect(form.problemOf('count')).toBe('Count has no value: give one, from 2 to 8.')
    form.set('count', 3)
    expect(form.problemOf('count')).toBeNull()
    expect(form.check()).toBe(true)
    expect(form.changed).toEqual({ count: 3 })
  })

  it('keeps the value behind text that is no number, but does not send it', () => {
    const form = new MethodForm(description, { count: 4, weight: 2 })
    form.setTyping('weight', '“x” is not a number.')
    expect(form.ready).toBe(false)
    expect(form.values['weight']).toBe(2)
    form.setTyping('weight', null)
    expect(form.ready).toBe(true)
  })

  it('marks the field a host refused until it changes', () => {
    const form = new MethodForm(description, { count: 4 })
    expect(form.refuse({ field: 'cube', message: 'No.' })).toBe(false)
    expect(form.refuse({ field: 'count', message: 'More than the bands.' })).toBe(true)
    expect(form.problemOf('count')).toBe('More than the bands.')
    form.set('count', 3)
    expect(form.problemOf('count')).toBeNull()
  })
})
