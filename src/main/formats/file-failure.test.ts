import { describe, expect, test } from 'vitest'
import { FiligreeError, type FailureCode } from '../../shared/failure'
import { fileFailure } from './file-failure'
import { chooseImporter } from './choose-importer'
import { expectFailure, temporaryFolder } from '../../../test/fixtures/temporary-folder'
import { execFileSync } from 'node:child_process'
import { counted, figure, grouped, listed } from './wording'

const folder = temporaryFolder()

describe('what the file system says, in words', () => {
  test.each<[string, 'read' | 'write', FailureCode, RegExp]>([
    ['ENOENT', 'read', 'not-found', /cube\.npy is not there any more/],
    ['EACCES', 'read', 'not-allowed', /may not be read/],
    ['EACCES', 'write', 'read-only', /may not be written/],
    ['EROFS', 'write', 'read-only', /can only be read/],
    ['ENOSPC', 'write', 'disk-full', /disk is full: cube\.npy could not be written\. Free some space/],
    ['EDQUOT', 'write', 'disk-full', /disk is full/],
    ['EEXIST', 'write', 'io', /there already/],
    ['EISDIR', 'read', 'invalid-file', /is a folder/],
    ['EIO', 'read', 'io', /Could not read cube\.npy/],
  ])('%s on %s', (code, doing, failure, message) => {
    const found = fileFailure(Object.assign(new Error(code), { code }), doing, '/somewhere/cube.npy')
    expect(found.code).toBe(failure)
    expect(found.message).toMatch(message)
    expect(fileFailure(found, doing, 'other')).toBe(found)
  })

  test('anything else is told as it is', () => {
    expect(fileFailure('odd', 'read', 'a')).toBeInstanceOf(FiligreeError)
  })

  test.skipIf(process.platform === 'win32')('a pipe is refused without waiting for its writer', async () => {
    const path = folder.path('pipe.mat')
    execFileSync('mkfifo', [path])
    await expectFailure(chooseImporter([path]), 'invalid-file', /pipe\.mat is a device or a pipe/)
  })
})

test('numbers and lists as a person writes them', () => {
  expect([grouped(9025), grouped(999), grouped(1e15), grouped(-1234.5), grouped(1e25)]).toEqual([
    '9,025',
    '999',
    '1,000,000,000,000,000',
    '−1,234.5',
    '1e+25',
  ])
  expect([counted(1, 'byte'), counted(2, 'entry', 'entries')]).toEqual(['1 byte', '2 entries'])
  expect([figure(1 / 3), listed(['a']), listed(['a', 'b', 'c'])]).toEqual(['0.333333', 'a', 'a, b and c'])
})
