import { FiligreeError } from '../../../shared/failure'
import type { Statement } from '../document'

/** Stands in a report where something could not be read. */
export type Unreadable = Statement

/**
 * Reads something for a figure. A file that went away or was cut short does not spoil the report: the reason
 * stands in the figure's place. Anything else is a bug and is thrown on.
 */
export async function unreadable<Result extends object>(
  what: string,
  read: () => Promise<Result>,
): Promise<Result | Unreadable> {
  try {
    return await read()
  } catch (cause) {
    if (!(cause instanceof FiligreeError)) throw cause
    return {
      type: 'statement',
      tone: 'warning',
      title: `${what} could not be drawn`,
      text: [[reasons[cause.code] ?? 'Its file could not be read.']],
    }
  }
}

/** The failures' own messages may hold paths of the machine, which a report that is handed on must not. */
const reasons: Partial<Record<FiligreeError['code'], string>> = {
  'not-found': 'Its file is not where it was when the dataset was imported.',
  'invalid-file': 'Its file is shorter than it was, or is of another kind.',
  'invalid-data': 'Its numbers are of a type that cannot be drawn.',
  'not-allowed': 'Its file may not be read by this user.',
  'out-of-memory': 'It is too large to be drawn.',
}
