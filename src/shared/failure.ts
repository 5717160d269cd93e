import { z } from 'zod'

/**
 * Why something did not work, by cause. The command line turns each into its own exit code
 * (`exitCodes`), the window into a notice.
 */
export const failureCodeSchema = z.enum([
  'invalid-parameter',
  'invalid-data',
  'invalid-file',
  'not-found',
  'read-only',
  'disk-full',
  'newer-version',
  'busy',
  'breakdown',
  'crashed',
  'cancelled',
  'out-of-memory',
  'io',
  'not-allowed',
  'internal',
])
export type FailureCode = z.infer<typeof failureCodeSchema>

/** A failure as it travels: one clear sentence or two that say what happened, where, and what to try. */
export const failureSchema = z.object({
  code: failureCodeSchema,
  message: z.string(),
  /** The parameter or input at fault, where there is one, so that a form can mark it. */
  field: z.string().nullable(),
  /** Technical text for a bug report: a stack or the system's own words. */
  detail: z.string().nullable(),
})
export type Failure = z.infer<typeof failureSchema>

/** The error every floor throws on purpose; anything else that is thrown is a bug ('internal'). */
export class FiligreeError extends Error {
  readonly code: FailureCode
  readonly field: string | null
  readonly detail: string | null

  constructor(
    code: FailureCode,
    message: string,
    extra: { field?: string; detail?: string; cause?: unknown } = {},
  ) {
    super(message, extra.cause === undefined ? undefined : { cause: extra.cause })
    this.name = 'FiligreeError'
    this.code = code
    this.field = extra.field ?? null
    this.detail = extra.detail ?? null
  }

  toFailure(): Failure {
    return { code: this.code, message: this.message, field: this.field, detail: this.detail }
  }
}

/** Exit codes of the command line; 0 is success, 2 is reserved for wrong usage. */
export const exitCodes: Readonly<Record<FailureCode, number>> = {
  'internal': 1,
  'invalid-parameter': 3,
  'invalid-data': 4,
  'invalid-file': 4,
  'not-found': 5,
  'read-only': 6,
  'not-allowed': 6,
  'disk-full': 7,
  'newer-version': 8,
  'busy': 9,
  'breakdown': 10,
  'crashed': 11,
  'out-of-memory': 12,
  'io': 13,
  'cancelled': 130,
}
