import { describe, expect, test } from 'vitest'
import { z } from 'zod'
import { defineMethod, output, outputOfArtifact } from './method'

const { description } = defineMethod({
  id: 'example',
  family: 'tensor',
  version: 1,
  title: 'Example',
  summary: 'An example.',
  equations: [],
  documentation: '',
  cite: [],
  inputs: {},
  params: z.object({}),
  outputs: {
    'core': output.tensor({ title: 'Core' }),
    'core-2': output.tensor({ title: 'Second core' }),
    'factors': output.factors({ title: 'Factors', each: 'mode' }),
  },
  solve: () => Promise.reject(new Error('not run')),
})

describe('the output an artifact belongs to', () => {
  const nameOf = (artifact: string) => outputOfArtifact(description.outputs, artifact)?.name

  test('is its namesake', () => {
    expect(nameOf('core')).toBe('core')
    expect(nameOf('core-2')).toBe('core-2')
  })

  test('is the one with a file for each mode', () => {
    expect(nameOf('factors-1')).toBe('factors')
    expect(nameOf('factors-12')).toBe('factors')
  })

  test('is none where the name fits no output', () => {
    expect(nameOf('core-3')).toBeUndefined()
    expect(nameOf('factors-0')).toBeUndefined()
    expect(nameOf('factors-')).toBeUndefined()
    expect(nameOf('other')).toBeUndefined()
  })
})
