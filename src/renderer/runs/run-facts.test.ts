import { describe, expect, it } from 'vitest'
import { exampleRecord } from '../testing/examples'
import { durationOf, figureTitle, runFacts, solverFigures } from './run-facts'

describe('run facts', () => {
  it('say what is known and nothing else', () => {
    const record = exampleRecord({ iterations: 250, figures: { relativeResidual: 0.0123456 } })
    const byLabel = Object.fromEntries(runFacts(record).map(({ label, value }) => [label, value]))
    expect(byLabel).toMatchObject({ Duration: '2.0 s', Iterations: '250', Seed: '0' })
    expect(solverFigures(record)).toMatchObject([
      { label: 'Relative residual', value: '0.01235', title: '0.0123456' },
    ])
    expect(byLabel).not.toHaveProperty('Peak memory')
  })

  it('have no duration before the end', () => {
    expect(durationOf({ startedAt: '2026-01-01T00:00:00Z', finishedAt: null })).toBeNull()
  })

  it('name figures in words', () => {
    expect(figureTitle('largestViolation')).toBe('Largest violation')
    expect(figureTitle('estimatedSnr')).toBe('Estimated SNR')
    expect(figureTitle('objective')).toBe('Objective')
  })
})
