import { mkdir, mkdtemp, readdir, rm, utimes, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { isUpload, moveUpload, removeOldUploads, removeUploads } from './inbox'

describe('the inbox', () => {
  let inbox: string

  beforeEach(async () => {
    inbox = await mkdtemp(join(tmpdir(), 'filigree-inbox-'))
    for (const name of ['a', 'b']) {
      await mkdir(join(inbox, name))
      await writeFile(join(inbox, name, 'scene.npy'), name)
    }
  })
  afterEach(() => rm(inbox, { recursive: true, force: true }))

  test('knows its uploads from other files', () => {
    expect(isUpload(inbox, join(inbox, 'a', 'scene.npy'))).toBe(true)
    for (const path of [inbox, join(inbox, 'a'), join(inbox, 'a', 'deep', 'x'), '/elsewhere/a/scene.npy']) {
      expect(isUpload(inbox, path)).toBe(false)
    }
  })

  test('gives an upload away, and clears what was imported', async () => {
    const target = join(inbox, 'b')
    await rm(join(target, 'scene.npy'))
    expect(await moveUpload(join(inbox, 'a', 'scene.npy'), target)).toBe('scene.npy')
    await removeUploads(inbox, [join(inbox, 'a', 'scene.npy'), '/elsewhere/x/y'])
    expect(await readdir(inbox)).toEqual(['b'])
    expect(await readdir(target)).toEqual(['scene.npy'])
  })

  test('clears away what nobody imported for a day, and nothing that may be under way', async () => {
    const yesterday = new Date(Date.now() - 25 * 60 * 60 * 1000)
    await utimes(join(inbox, 'a'), yesterday, yesterday)
    await removeOldUploads(inbox)
    expect(await readdir(inbox)).toEqual(['b'])
    await removeOldUploads(join(inbox, 'missing'))
  })
})
