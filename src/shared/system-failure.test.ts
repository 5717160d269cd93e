import { describe, expect, test } from 'vitest'
import { FiligreeError, type FailureCode } from './failure'
import { toFiligreeError } from './system-failure'

describe('what the system says, in words', () => {
  test.each<[string, 'read' | 'write', FailureCode, RegExp]>([
    ['ENOENT', 'read', 'not-found', /no longer there \(\/somewhere\/cube\.npy\)/],
    ['EACCES', 'read', 'not-allowed', /Reading is not allowed/],
    ['EACCES', 'write', 'read-only', /Writing is not allowed/],
    ['EROFS', 'write', 'read-only', /Writing is not allowed/],
    ['ENOSPC', 'write', 'disk-full', /disk is full \(\/somewhere\/cube\.npy\).*free some space/],
    ['EDQUOT', 'write', 'disk-full', /disk is full/],
    ['EEXIST', 'write', 'busy', /something of that name already/],
    ['EISDIR', 'read', 'invalid-file', /this is a folder/],
    ['EIO', 'read', 'io', /disk reported an error/],
    ['SQLITE_IOERR_WRITE', 'write', 'io', /disk reported an error/],
  ])('%s on %s', (code, doing, failure, message) => {
    const found = toFiligreeError(Object.assign(new Error(code), { code }), '/somewhere/cube.npy', doing)
    expect(found.code).toBe(failure)
    expect(found.message).toMatch(message)
    expect(toFiligreeError(found, 'other', doing)).toBe(found)
  })

  test('reading calls are told from writing ones', () => {
    const refused = Object.assign(new Error('x'), { code: 'EACCES', syscall: 'scandir' })
    expect(toFiligreeError(refused).code).toBe('not-allowed')
  })

  test('anything else is a bug', () => {
    expect(toFiligreeError('odd')).toBeInstanceOf(FiligreeError)
    expect(toFiligreeError('odd').code).toBe('internal')
  })
})
