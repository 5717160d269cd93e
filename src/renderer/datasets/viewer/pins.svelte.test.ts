import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { dataHeaders } from '../../../shared/data-address'
import { exampleDataset } from '../../testing/examples'
import { PinStore } from './pins.svelte'

const kept = new Map<string, string>()

beforeEach(() => {
  kept.clear()
  vi.stubGlobal('sessionStorage', {
    getItem: (key: string) => kept.get(key) ?? null,
    setItem: (key: string, value: string) => kept.set(key, value),
  })
  vi.stubGlobal(
    'fetch',
    vi.fn(() =>
      Promise.resolve(
        new Response(Float64Array.of(1, 2).buffer, {
          headers: { [dataHeaders.dtype]: 'float64', [dataHeaders.shape]: '2' },
        }),
      ),
    ),
  )
})

afterEach(() => {
  vi.unstubAllGlobals()
})

describe('PinStore', () => {
  it('pins a pixel, brings its spectrum, and unpins it the second time', async () => {
    const pins = new PinStore(exampleDataset(), 'project')
    pins.toggle({ line: 1, sample: 2 })
    await vi.waitFor(() => expect(pins.list[0]?.spectrum).not.toBeNull())
    expect([...(pins.list[0]?.spectrum ?? [])]).toEqual([1, 2])
    pins.toggle({ line: 1, sample: 2 })
    expect(pins.list).toEqual([])
  })

  it('gives a new pin the first colour that is free', () => {
    const pins = new PinStore(exampleDataset(), 'project')
    for (const sample of [0, 1, 2]) pins.toggle({ line: 0, sample })
    pins.remove(pins.list[1]?.id ?? 0)
    pins.toggle({ line: 3, sample: 3 })
    expect(pins.list.map((pin) => pin.colour)).toEqual([0, 2, 1])
  })

  it('comes back with its names, without pins the scene has no room for', () => {
    const pins = new PinStore(exampleDataset(), 'project')
    pins.toggle({ line: 1, sample: 2 })
    pins.rename(pins.list[0]?.id ?? 0, 'Water')
    pins.toggle({ line: 40, sample: 2 })
    const again = new PinStore(exampleDataset(), 'project')
    expect(again.list.map((pin) => pin.name)).toEqual(['Water'])
    expect(new PinStore(exampleDataset(), 'another project').list).toEqual([])
  })

  it('keeps the sentence of a spectrum that could not be read', async () => {
    vi.stubGlobal(
      'fetch',
      vi.fn(() =>
        Promise.resolve(
          Response.json(
            { code: 'io', message: 'The file vanished.', field: null, detail: null },
            { status: 500 },
          ),
        ),
      ),
    )
    const pins = new PinStore(exampleDataset(), 'project')
    pins.toggle({ line: 1, sample: 2 })
    await vi.waitFor(() => expect(pins.list[0]?.problem).toBe('The file vanished.'))
  })
})
