import { describe, expect, it, vi } from 'vitest'
import type { Dataset } from '../../shared/dataset'
import { exampleDataset } from '../testing/examples'
import { fakeClient } from '../testing/fake-client'
import { DatasetStore } from './datasets.svelte'

const made = (id: string, createdAt: string): Dataset => ({ ...exampleDataset({ id, name: id }), createdAt })

describe('DatasetStore', () => {
  it('lists the newest first, and reads the list anew when the host says so', async () => {
    let answer = [made('old', '2026-01-01T00:00:00.000Z'), made('new', '2026-02-01T00:00:00.000Z')]
    const host = fakeClient({ 'datasets.list': () => answer })
    const datasets = new DatasetStore(host.client)
    await datasets.load()
    expect(datasets.list.map((dataset) => dataset.id)).toEqual(['new', 'old'])
    answer = []
    host.emit('datasets.changed', null)
    await vi.waitFor(() => {
      expect(datasets.list).toEqual([])
    })
  })

  it('takes in a dataset that was just made, once', () => {
    const datasets = new DatasetStore(fakeClient({}).client)
    datasets.put(made('a', '2026-01-01T00:00:00.000Z'))
    datasets.put({ ...made('a', '2026-01-01T00:00:00.000Z'), name: 'Renamed' })
    expect(datasets.list.map((dataset) => dataset.name)).toEqual(['Renamed'])
  })
})
