import { mkdir, symlink, writeFile } from 'node:fs/promises'
import { describe, expect, test } from 'vitest'
import { expectFailure, temporaryFolder } from '../../../test/fixtures/temporary-folder'
import { FileHandles } from './file-handles'
import { checkedName, FileService } from './file-service'

const folder = temporaryFolder()

describe('files and folders', () => {
  test('are named by handles that say nothing, and by no other', async () => {
    const handles = new FileHandles()
    await writeFile(folder.path('scene.mat'), 'four')
    const entry = await handles.grant(folder.path('scene.mat'))
    expect(entry).toMatchObject({ name: 'scene.mat', kind: 'file', bytes: 4, project: false })
    expect(entry.handle).not.toContain('scene')
    expect(handles.resolve(entry.handle)).toBe(folder.path('scene.mat'))
    expect((await handles.grant(folder.path('scene.mat'))).handle).toBe(entry.handle)
    expect(() => handles.resolve(folder.path('scene.mat'))).toThrow(/not chosen in this session/)
    await expectFailure(handles.grant(folder.path('nothing')), 'not-found', /no longer there/)
  })

  test('are listed folders first, by number, without hidden ones and links to nowhere', async () => {
    const handles = new FileHandles()
    const files = new FileService(handles, folder.path())
    await mkdir(folder.path('list', 'zeta'), { recursive: true })
    for (const name of ['run-10', 'run-9', '.hidden']) await writeFile(folder.path('list', name), '')
    await symlink(folder.path('nowhere'), folder.path('list', 'broken'))
    const { handle } = await handles.grant(folder.path('list'))
    const { entries, trail, problem } = await files.list(handle)
    expect(entries.map(({ name }) => name)).toEqual(['zeta', 'run-9', 'run-10'])
    expect(trail.at(-1)?.name).toBe('list')
    expect(problem).toBeNull()
    expect(await files.makeFolder(handle, 'new')).toMatchObject({ kind: 'folder' })
    await expectFailure(files.makeFolder(handle, 'new'), 'busy', /something of that name/)
  })

  test('are found by a path that was typed or pasted', async () => {
    const files = new FileService(new FileHandles(), folder.path())
    await writeFile(folder.path('typed'), '')
    expect((await files.locate(` "${folder.path('typed')}" `)).name).toBe('typed')
    expect((await files.locate('~')).kind).toBe('folder')
    await expect(async () => files.locate('  ')).rejects.toThrow(/Type the path/)
  })

  test.each(['', '..', '.hidden', 'a/b', 'a\\b', 'a:b', 'dot.', 'x'.repeat(101), 'a\u0000b'])(
    'the name %j is refused',
    (name) => {
      expect(() => checkedName(name)).toThrow(/name/i)
    },
  )

  test('a name with blanks and letters of any language is taken', () => {
    expect(checkedName(' Größe 日本 2 ')).toBe('Größe 日本 2')
  })
})
