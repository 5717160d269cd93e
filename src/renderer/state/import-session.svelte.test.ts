import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { ImportPreview } from '../../shared/dataset'
import { FiligreeError } from '../../shared/failure'
import type { FileEntry } from '../../shared/project'
import { createBrowserPlatform } from '../client/platform'
import { exampleDataset } from '../testing/examples'
import { fakeClient } from '../testing/fake-client'
import { ImportSession } from './import-session.svelte'

const file: FileEntry = {
  handle: 'f',
  name: 'a.mat',
  kind: 'file',
  bytes: 1,
  modifiedAt: null,
  project: false,
}

const preview = (name: string): ImportPreview => ({
  previewId: null,
  format: { id: 'matlab', title: 'MATLAB 5' },
  name,
  kind: 'cube',
  external: false,
  bytes: 1,
  facts: [],
  variables: [],
  options: [],
  axes: [],
  truth: null,
  previewBand: null,
  warnings: [],
})

const platform = createBrowserPlatform(() => Promise.resolve([]))

beforeEach(() => {
  vi.useFakeTimers()
})

afterEach(() => {
  vi.useRealTimers()
})

describe('ImportSession', () => {
  it('proposes the name of the preview and keeps the one that was typed', async () => {
    const { client } = fakeClient({ 'datasets.preview': () => preview('proposed') })
    const session = new ImportSession(client, platform)
    session.begin([file], { type: 'dataset' })
    await vi.runAllTimersAsync()
    expect(session.name).toBe('proposed')
    session.name = 'mine'
    session.set('order', 'row')
    await vi.runAllTimersAsync()
    expect(session.name).toBe('mine')
  })

  it('looks once for choices that follow each other quickly, with all of them', async () => {
    const { client, asked } = fakeClient({ 'datasets.preview': () => preview('x') })
    const session = new ImportSession(client, platform)
    session.begin([file], { type: 'dataset' })
    await vi.runAllTimersAsync()
    session.set('lines', 9)
    session.set('lines', 95)
    session.set('order', 'row')
    await vi.runAllTimersAsync()
    expect(asked).toHaveBeenCalledTimes(2)
    expect(asked).toHaveBeenLastCalledWith('datasets.preview', {
      files: ['f'],
      choices: { lines: 95, order: 'row' },
    })
  })

  it('does not let a slow answer overwrite a newer one', async () => {
    const slow = Promise.withResolvers<ImportPreview>()
    let turn = 0
    const { client } = fakeClient({
      'datasets.preview': () => {
        turn += 1
        return turn === 1 ? slow.promise : preview('new')
      },
    })
    const session = new ImportSession(client, platform)
    session.begin([file], { type: 'dataset' })
    await vi.advanceTimersByTimeAsync(0)
    session.set('order', 'row')
    await vi.runAllTimersAsync()
    slow.resolve(preview('old'))
    await vi.runAllTimersAsync()
    expect(session.preview?.name).toBe('new')
  })

  it('says why a file can not be taken and offers no import', async () => {
    const { client } = fakeClient({
      'datasets.preview': () => {
        throw new FiligreeError('invalid-file', 'a.mat ends 12 bytes early.')
      },
    })
    const session = new ImportSession(client, platform)
    session.begin([file], { type: 'dataset' })
    await vi.runAllTimersAsync()
    expect(session.problem).toBe('a.mat ends 12 bytes early.')
    expect(session.ready).toBe(false)
  })

  it('imports under the typed name and closes; a failure keeps it open', async () => {
    const fail = vi.fn(() => {
      throw new FiligreeError('disk-full', 'The disk is full.')
    })
    const { client, asked } = fakeClient({
      'datasets.preview': () => preview('x'),
      'datasets.import': () => exampleDataset(),
      'datasets.attachTruth': fail,
    })
    const session = new ImportSession(client, platform)
    session.begin([file], { type: 'dataset' })
    await vi.runAllTimersAsync()
    session.name = ' Samson '
    expect((await session.confirm())?.id).toBe('samson')
    expect(asked).toHaveBeenLastCalledWith('datasets.import', { files: ['f'], choices: {}, name: 'Samson' })
    expect(session.open).toBe(false)

    session.begin([file], { type: 'truth', dataset: exampleDataset() })
    await vi.runAllTimersAsync()
    expect(await session.confirm()).toBeNull()
    expect(session.open).toBe(true)
    expect(session.problem).toBe('The disk is full.')
  })

  it('says nothing of work that was stopped, and keeps the dialog as it was', async () => {
    const { client } = fakeClient({
      'datasets.preview': () => preview('x'),
      'datasets.import': () => Promise.reject(new FiligreeError('cancelled', 'Stopped.')),
    })
    const session = new ImportSession(client, platform)
    session.begin([file], { type: 'dataset' })
    await vi.runAllTimersAsync()
    expect(await session.confirm()).toBeNull()
    expect([session.open, session.problem, session.importing]).toEqual([true, null, false])
  })

  it('breaks off the sending of a dropped file when it is closed', async () => {
    let signal: AbortSignal | null = null
    const sent = Promise.withResolvers<FileEntry[]>()
    const { client, asked } = fakeClient({})
    const session = new ImportSession(client, {
      ...platform,
      receiveDroppedFiles: (_files, _progress, stop) => {
        signal = stop
        return sent.promise
      },
    })
    const receiving = session.receive([new File(['x'], 'a.mat')])
    session.close()
    expect(signal).toMatchObject({ aborted: true })
    sent.reject(new FiligreeError('cancelled', 'Stopped.'))
    await receiving
    expect(session.problem).toBeNull()
    expect(asked).not.toHaveBeenCalled()
  })
})
