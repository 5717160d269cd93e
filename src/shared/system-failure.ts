import { z } from 'zod'
import { FiligreeError, type Failure, type FailureCode } from './failure'

interface Sentence {
  code: FailureCode
  say: (where: string) => string
}

const full: Sentence = {
  code: 'disk-full',
  say: (where) => `The disk is full${where}. Nothing half-made was kept; free some space and try again.`,
}
const readOnly: Sentence = {
  code: 'read-only',
  say: (where) => `Writing is not allowed${where}. Choose another folder, or change its permissions.`,
}
const missing: Sentence = {
  code: 'not-found',
  say: (where) =>
    `The file or folder is no longer there${where}. It may have been moved, renamed or unplugged.`,
}
const busy: Sentence = {
  code: 'busy',
  say: (where) => `Another program is using the project${where}. Wait a moment and try again.`,
}
const broken: Sentence = {
  code: 'io',
  say: (where) => `The disk reported an error${where}. Check the drive or the network share it is on.`,
}

/** What the operating system and SQLite say, in words for a person: the one place where they are translated. */
const sentences: Readonly<Record<string, Sentence>> = {
  ENOSPC: full,
  EDQUOT: full,
  EFBIG: full,
  SQLITE_FULL: full,
  EROFS: readOnly,
  EACCES: readOnly,
  EPERM: readOnly,
  SQLITE_READONLY: readOnly,
  SQLITE_PERM: readOnly,
  ENOENT: missing,
  ENOTDIR: missing,
  ESTALE: missing,
  EBUSY: busy,
  SQLITE_BUSY: busy,
  SQLITE_LOCKED: busy,
  EIO: broken,
  ENXIO: broken,
  SQLITE_IOERR: broken,
  SQLITE_CANTOPEN: broken,
  EISDIR: { code: 'invalid-file', say: (where) => `A file was expected, but this is a folder${where}.` },
  EEXIST: {
    code: 'busy',
    say: (where) => `There is something of that name already${where}. Choose another name.`,
  },
  EMFILE: {
    code: 'busy',
    say: (where) => `Too many files are open at once${where}. Close other programs and try again.`,
  },
  ENAMETOOLONG: {
    code: 'invalid-parameter',
    say: (where) => `The name is too long for this disk${where}. Choose a shorter one.`,
  },
}

/** Reading is refused with the same codes as writing; the sentence must not speak of writing then. */
const readRefused: Sentence = {
  code: 'not-allowed',
  say: (where) => `Reading is not allowed${where}. Check the permissions of the file.`,
}

/**
 * The failure behind anything that was thrown; what is not understood is a bug and becomes 'internal'.
 * @param path where it happened, where the system does not say so itself.
 * @param doing what was tried there: the system refuses both with the same words.
 */
export function toFiligreeError(cause: unknown, path?: string, doing?: 'read' | 'write'): FiligreeError {
  if (cause instanceof FiligreeError) return cause
  if (cause instanceof z.ZodError) return fromZodError(cause)
  if (cause instanceof RangeError && /allocation|array buffer/i.test(cause.message)) {
    return new FiligreeError(
      'out-of-memory',
      'There is not enough memory for this. Close other programs, or work on a smaller part.',
      { cause },
    )
  }
  const message = cause instanceof Error ? cause.message : String(cause)
  const {
    code,
    syscall,
    path: systemPath,
  } = (cause ?? {}) as { code?: unknown; syscall?: unknown; path?: unknown }
  const sentence =
    typeof code === 'string' ? sentenceFor(code, doing === 'read' || readingCalls.has(syscall)) : undefined
  if (sentence === undefined) {
    const detail = cause instanceof Error ? (cause.stack ?? message) : message
    return new FiligreeError('internal', `Something unexpected went wrong: ${message}`, { detail, cause })
  }
  const place = path ?? (typeof systemPath === 'string' ? systemPath : undefined)
  return new FiligreeError(sentence.code, sentence.say(place === undefined ? '' : ` (${place})`), {
    detail: message,
    cause,
  })
}

/** The same as plain data, for the wire and for run.json. */
export function toFailure(cause: unknown): Failure {
  return toFiligreeError(cause).toFailure()
}

/** System calls that only ever read. */
const readingCalls: ReadonlySet<unknown> = new Set(['read', 'scandir', 'stat', 'lstat', 'readlink'])

function sentenceFor(code: string, reading: boolean): Sentence | undefined {
  if (reading && (code === 'EACCES' || code === 'EPERM')) return readRefused
  // SQLite's extended codes refine a primary one: SQLITE_IOERR_WRITE, SQLITE_READONLY_DBMOVED.
  return sentences[code] ?? sentences[code.split('_').slice(0, 2).join('_')]
}

function fromZodError(error: z.ZodError): FiligreeError {
  const [issue] = error.issues
  const field = issue?.path.map(String).join('.') ?? ''
  const where = field === '' ? '' : `'${field}': `
  return new FiligreeError('invalid-parameter', `${where}${issue?.message ?? 'not valid'}.`, {
    ...(field === '' ? {} : { field }),
    detail: JSON.stringify(error.issues),
    cause: error,
  })
}

/** True for the codes that mean a folder cannot be written to, whatever the reason. */
export function isReadOnlyError(cause: unknown): boolean {
  return toFiligreeError(cause).code === 'read-only'
}

/** True where a file or folder is simply not there. */
export function isMissing(cause: unknown): boolean {
  return toFiligreeError(cause).code === 'not-found'
}
