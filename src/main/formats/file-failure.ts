import { basename } from 'node:path'
import { FiligreeError } from '../../shared/failure'

function systemCode(error: unknown): string | null {
  if (!(error instanceof Error) || !('code' in error)) return null
  return typeof error.code === 'string' ? error.code : null
}

/**
 * Turns what the file system threw into a failure a person can act on. A `FiligreeError` passes
 * through as it is.
 * @param doing what was tried, as it reads after "Could not": 'read', 'write'.
 */
export function fileFailure(error: unknown, doing: 'read' | 'write', path: string): FiligreeError {
  if (error instanceof FiligreeError) return error
  const name = basename(path)
  const extra = { detail: `${path}: ${String(error)}`, cause: error }
  switch (systemCode(error)) {
    case 'ENOENT':
    case 'ENOTDIR':
      return new FiligreeError(
        'not-found',
        `${name} is not there any more (${path}). Was it moved, renamed, or is its disk not connected?`,
        extra,
      )
    case 'EACCES':
    case 'EPERM':
      return doing === 'read'
        ? new FiligreeError('not-allowed', `${name} may not be read: this user has no permission.`, extra)
        : new FiligreeError('read-only', `${path} may not be written: this user has no permission.`, extra)
    case 'EROFS':
      return new FiligreeError('read-only', `${path} lies on a disk that can only be read.`, extra)
    case 'ENOSPC':
    case 'EDQUOT':
      return new FiligreeError(
        'disk-full',
        `The disk is full: ${name} could not be written. Free some space and try again.`,
        extra,
      )
    case 'EEXIST':
      return new FiligreeError('io', `${path} is there already and is not overwritten.`, extra)
    case 'EISDIR':
      return new FiligreeError('invalid-file', `${name} is a folder, not a file.`, extra)
    default:
      return new FiligreeError('io', `Could not ${doing} ${name}: ${String(error)}`, extra)
  }
}
