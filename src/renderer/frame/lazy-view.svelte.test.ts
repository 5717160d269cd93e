import type { Component } from 'svelte'
import { describe, expect, it, vi } from 'vitest'
import { LazyView } from './lazy-view.svelte'

const page = (() => ({})) as unknown as Component<Record<string, never>>

describe('LazyView', () => {
  it('fetches its code once, however often it is wanted', async () => {
    const fetch = vi.fn(() => Promise.resolve({ default: page }))
    const view = new LazyView(fetch)
    expect(view.component).toBeNull()
    await Promise.all([view.load(), view.load()])
    await view.load()
    expect(view.component).toBe(page)
    expect(fetch).toHaveBeenCalledTimes(1)
  })

  it('says why it could not, and tries again when asked', async () => {
    const fetch = vi.fn(() => Promise.resolve({ default: page }))
    fetch.mockRejectedValueOnce(new Error('The server went away.'))
    const view = new LazyView(fetch)
    await view.load()
    expect(view.problem).toMatch(/could not be loaded: The server went away/)
    await view.load()
    expect([view.component, view.problem]).toEqual([page, null])
  })
})
