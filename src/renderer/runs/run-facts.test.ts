import { describe, expect, it } from 'vitest'
import { exampleRecord } from '../testing/examples'
import { durationOf, figureTitle, runFacts } from './run-facts'

describe('run facts', () => {
  it('say what is known and nothing else', () => {
    const facts = runFacts(
      exampleRecord({ iterations: 250, figures: { relativeResidual: 0.0123456 }, stopMessage: 'Converged.' }),
    )
    const byLabel = Object.fromEntries(facts.map(({ label, value }) => [label, value]))
    expect(byLabel).toMatchObject({
      'Duration': '2.0 s',
      'Iterations': '250',
      'Stopped': 'Converged.',
      'Relative residual': '0.012346',
      'Seed': '0',
    })
    expect(byLabel).not.toHaveProperty('Peak memory')
  })

  it('have no duration before the end', () => {
    expect(durationOf({ startedAt: '2026-01-01T00:00:00Z', finishedAt: null })).toBeNull()
  })

  it('name figures in words', () => {
    expect(figureTitle('largestViolation')).toBe('Largest violation')
    expect(figureTitle('objective')).toBe('Objective')
  })
})
