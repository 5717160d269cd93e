import { afterEach, describe, expect, it, vi } from 'vitest'
import { dataHeaders } from '../../shared/data-address'
import { fetchArray } from './data'

function answer(body: BodyInit, headers: Record<string, string>, status = 200) {
  vi.stubGlobal(
    'fetch',
    vi.fn(() => Promise.resolve(new Response(body, { status, headers }))),
  )
}

afterEach(() => {
  vi.unstubAllGlobals()
})

describe('fetchArray', () => {
  it('reads values, shape and range', async () => {
    answer(Float32Array.of(1, 2, 3, 4).buffer, {
      [dataHeaders.dtype]: 'float32',
      [dataHeaders.shape]: '2,2',
      [dataHeaders.range]: '1,4',
    })
    const array = await fetchArray('/data/x')
    expect([...array.values]).toEqual([1, 2, 3, 4])
    expect(array).toMatchObject({ shape: [2, 2], range: [1, 4] })
  })

  it('refuses bytes that do not fill their shape', async () => {
    answer(Float32Array.of(1, 2, 3).buffer, {
      [dataHeaders.dtype]: 'float32',
      [dataHeaders.shape]: '2,2',
    })
    await expect(fetchArray('/data/x')).rejects.toThrow('do not fill their shape (2 × 2)')
  })

  it('throws the failure the host sent', async () => {
    const failure = { code: 'not-found', message: 'The file vanished.', field: null, detail: null }
    answer(JSON.stringify(failure), {}, 404)
    await expect(fetchArray('/data/x')).rejects.toMatchObject({
      code: 'not-found',
      message: 'The file vanished.',
    })
  })

  it('has a sentence for a refusal without words', async () => {
    answer('<h1>Bad gateway</h1>', {}, 502)
    await expect(fetchArray('/data/x')).rejects.toThrow('answered 502')
  })
})
