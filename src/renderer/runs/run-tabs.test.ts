import { describe, expect, it } from 'vitest'
import { exampleArtifact, exampleRecord } from '../testing/examples'
import { runTabs } from './run-tabs'

const values = (record: Parameters<typeof runTabs>[0], hasTrace: boolean) =>
  runTabs(record, hasTrace).map(({ value }) => value)

describe('runTabs', () => {
  it('shows only parts that have something in them', () => {
    expect(values(exampleRecord({ state: 'queued' }), true)).toEqual(['parameters'])
    expect(values(exampleRecord({ state: 'running' }), true)).toEqual(['convergence', 'parameters', 'log'])
    expect(values(exampleRecord({ state: 'crashed' }), false)).toEqual(['parameters', 'log', 'files'])
  })

  it('puts results first once there are some', () => {
    const artifacts = [exampleArtifact({ name: 'residual', meaning: 'map', shape: [4, 5] })]
    expect(values(exampleRecord({ artifacts }), true)[0]).toBe('results')
  })
})
