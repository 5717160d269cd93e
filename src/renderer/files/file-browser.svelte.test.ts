import { describe, expect, it } from 'vitest'
import { FiligreeError } from '../../shared/failure'
import type { FileEntry, FileListing } from '../../shared/project'
import { fakeClient } from '../testing/fake-client'
import { FileBrowser, visibleEntries } from './file-browser.svelte'

const entry = (name: string, kind: FileEntry['kind'] = 'file'): FileEntry => ({
  handle: name,
  name,
  kind,
  bytes: null,
  modifiedAt: null,
  project: false,
})
const home = entry('home', 'folder')
const data = entry('data', 'folder')
const listing = (trail: FileEntry[], entries: FileEntry[]): FileListing => ({
  trail,
  path: trail.map((part) => part.name).join('/'),
  entries,
  problem: null,
})

function browserOf() {
  return new FileBrowser(
    fakeClient({
      'files.places': () => [home],
      'files.list': ({ folder }) =>
        folder === 'home' ? listing([home], [data, entry('a.mat')]) : listing([home, data], [entry('b.mat')]),
      'files.locate': ({ path }) => {
        if (path === '/nowhere') throw new FiligreeError('not-found', 'There is nothing at /nowhere.')
        return path === '/home/data' ? data : entry('c.mat')
      },
      'files.makeFolder': () => data,
    }).client,
  )
}

describe('visibleEntries', () => {
  it('puts folders first, counts as people do, and hides hidden ones', () => {
    const names = visibleEntries(
      [entry('scene10.hdr'), entry('Scene9.hdr'), entry('.git', 'folder'), entry('zoo', 'folder')],
      '',
    ).map((shown) => shown.name)
    expect(names).toEqual(['zoo', 'Scene9.hdr', 'scene10.hdr'])
  })

  it('filters by any part of the name', () => {
    expect(visibleEntries([entry('Samson.mat'), entry('urban.mat')], ' SAM ')).toHaveLength(1)
  })
})

describe('FileBrowser', () => {
  it('starts in the first place and goes down and up', async () => {
    const browser = browserOf()
    await browser.start()
    expect(browser.folder?.name).toBe('home')
    expect(browser.parent).toBeNull()
    await browser.open(data)
    expect(browser.parent?.name).toBe('home')
    expect(browser.entries.map((shown) => shown.name)).toEqual(['b.mat'])
  })

  it('forgets filter and choice when it goes elsewhere', async () => {
    const browser = browserOf()
    await browser.start()
    browser.filter = 'a'
    browser.choose(entry('a.mat'), false)
    await browser.open(data)
    expect(browser.filter).toBe('')
    expect(browser.chosen).toEqual([])
  })

  it('takes and gives back single files with the adding key', () => {
    const browser = browserOf()
    browser.choose(entry('a'), false)
    browser.choose(entry('b'), true)
    expect(browser.chosen).toHaveLength(2)
    browser.choose(entry('a'), true)
    expect(browser.chosen.map((chosen) => chosen.name)).toEqual(['b'])
  })

  it('goes to a pasted folder, answers a pasted file, and says what is not there', async () => {
    const browser = browserOf()
    await browser.start()
    expect(await browser.locate(' /home/data ')).toBeNull()
    expect(browser.folder?.name).toBe('data')
    expect((await browser.locate('/home/c.mat'))?.name).toBe('c.mat')
    await browser.locate('/nowhere')
    expect(browser.problem).toBe('There is nothing at /nowhere.')
  })
})
