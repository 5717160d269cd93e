import { describe, expect, test } from 'vitest'
import { datasetRecord } from '../../../../test/fixtures/run-records'
import type { TensorValue } from '../../../shared/method'
import { findMethod } from '../index'

const modes = [4, 5, 6].map((size, mode) => ({
  name: `mode ${mode + 1}`,
  size,
  unit: null,
  coordinates: null,
  labels: null,
}))

function tensor(changes: Parameters<typeof datasetRecord>[0] = {}): TensorValue {
  const dataset = datasetRecord({ kind: 'tensor', axes: modes, ...changes })
  const { dtype, byteOrder, offset, shape, strides } = dataset.array
  return { dataset, source: { path: '/nowhere', dtype, byteOrder, offset, shape, strides }, parts: {} }
}

const refusal = (method: string, parameters: Record<string, unknown>, value = tensor()) => {
  return () => {
    findMethod(method).check({ tensor: value }, parameters)
  }
}

describe('what dense methods refuse before a run is queued', () => {
  test('ranks that do not fit', () => {
    expect(refusal('st-hosvd', { choose: 'ranks', ranks: [2, 6, 2] })).toThrow(
      /Rank 6 does not fit mode 2 \(mode 2\), which has 5 entries/,
    )
    expect(refusal('hooi', { choose: 'ranks', ranks: [2, 2] })).toThrow(/2 ranks were given for 3 modes/)
    expect(refusal('randomised-tucker', { ranks: [3] })).not.toThrow()
    expect(refusal('nonnegative-tucker', { ranks: [3, 9, 3] })).not.toThrow()
    expect(refusal('nonnegative-tucker', { ranks: [3, 9] })).toThrow(/4 × 5 × 6/)
  })

  test('a tolerance no arithmetic can promise, and a budget below the smallest model', () => {
    expect(refusal('st-hosvd', { tolerance: 1e-9 })).toThrow(/accurate arithmetic/)
    expect(refusal('st-hosvd', { tolerance: 1e-9, accuracy: 'qr' })).not.toThrow()
    expect(refusal('core-shape', { budget: 15 })).toThrow(/takes 16 already/)
    expect(refusal('core-shape', { budget: 16 })).not.toThrow()
  })

  test('missing entries, with the method that can do without them', () => {
    const summary = { count: 120, nanCount: 2, infiniteCount: 0, negativeCount: 0, noDataCount: 0 }
    const rest = { firstNegative: null, minimum: 0, maximum: 1, mean: 0 }
    const value = tensor({ summary: { ...summary, ...rest, firstInvalid: [1, 2, 3] } })
    expect(refusal('st-hosvd', {}, value)).toThrow(/2 entries .* \(1, 2, 3\).*masked Tucker/)
  })

  test('anything but three modes for views', () => {
    expect(refusal('mode-views', {}, tensor({ axes: modes.slice(1) }))).toThrow(/three modes/)
    expect(refusal('mode-views', {})).not.toThrow()
  })
})
