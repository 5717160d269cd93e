import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { FiligreeError } from '../../shared/failure'
import { NoticeStore, sentenceOf } from './notices.svelte'

beforeEach(() => {
  vi.useFakeTimers()
})

afterEach(() => {
  vi.useRealTimers()
})

describe('NoticeStore', () => {
  it('lets messages go by themselves, and keeps errors until they are dismissed', () => {
    const notices = new NoticeStore()
    notices.show('info', 'Done.')
    const error = notices.show('error', 'The disk is full.')
    vi.advanceTimersByTime(60_000)
    expect(notices.entries.map((entry) => entry.message)).toEqual(['The disk is full.'])
    notices.dismiss(error)
    expect(notices.entries).toEqual([])
  })

  it('says the same sentence once', () => {
    const notices = new NoticeStore()
    notices.show('error', 'No.')
    notices.show('error', 'No.')
    expect(notices.entries).toHaveLength(1)
  })

  it('is silent about what was cancelled', () => {
    const notices = new NoticeStore()
    notices.fail(new FiligreeError('cancelled', 'The import was cancelled.'))
    notices.fail(new DOMException('left', 'AbortError'))
    expect(notices.entries).toEqual([])
  })

  it('offers a way back that says why it did not work', async () => {
    const notices = new NoticeStore()
    notices.offerUndo('Samson was moved to the trash.', () =>
      Promise.reject(new FiligreeError('not-found', 'It is no longer in the trash.')),
    )
    notices.entries[0]?.action?.run()
    await vi.advanceTimersByTimeAsync(0)
    expect(notices.entries.map((entry) => entry.message)).toEqual(['It is no longer in the trash.'])
  })
})

describe('sentenceOf', () => {
  it('has words for everything that can be thrown', () => {
    expect(sentenceOf(new FiligreeError('io', 'The file vanished.'))).toBe('The file vanished.')
    expect(sentenceOf(new TypeError('Failed to fetch'))).toContain('could not be reached')
    expect(sentenceOf('odd')).toBe('odd')
  })
})
