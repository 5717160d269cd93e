import type { IncomingMessage, ServerResponse } from 'node:http'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import type { ReadableStream as NodeReadableStream } from 'node:stream/web'

/**
 * A Node request as a fetch `Request`: the body streams, and `signal` aborts when the browser hangs up.
 * `origin` is that of the checked Host header.
 */
export function toFetchRequest(request: IncomingMessage, response: ServerResponse, origin: string): Request {
  const abort = new AbortController()
  response.once('close', () => {
    if (!response.writableFinished) abort.abort()
  })
  const headers = new Headers()
  for (const [name, value] of Object.entries(request.headers)) {
    // The session is the shell's own affair.
    if (value === undefined || name === 'cookie') continue
    for (const item of Array.isArray(value) ? value : [value]) headers.append(name, item)
  }
  const method = request.method ?? 'GET'
  const bodyAllowed = method !== 'GET' && method !== 'HEAD'
  return new Request(new URL(request.url ?? '/', origin), {
    method,
    headers,
    signal: abort.signal,
    ...(bodyAllowed ? { body: Readable.toWeb(request) as ReadableStream, duplex: 'half' } : {}),
  })
}

/** Writes a fetch `Response` to Node; a slow browser slows the source down, a gone one cancels it. */
export async function sendFetchResponse(
  answer: Response,
  headers: Headers,
  response: ServerResponse,
  withBody: boolean,
): Promise<void> {
  if (response.destroyed) {
    // The browser went away while the answer was made: a page that was left, a picture that was zoomed past.
    await answer.body?.cancel()
    return
  }
  response.writeHead(answer.status, [...headers].flat())
  if (answer.body === null || !withBody) {
    await answer.body?.cancel()
    response.end()
    return
  }
  try {
    await pipeline(Readable.fromWeb(answer.body as NodeReadableStream), response)
  } catch (error) {
    // Headers are out, so the only honest sign of a broken body is a broken connection.
    response.destroy()
    if (!isHangUp(error)) throw error
  }
}

const hangUps: ReadonlySet<unknown> = new Set([
  'ERR_STREAM_PREMATURE_CLOSE',
  'ERR_STREAM_UNABLE_TO_PIPE',
  'ERR_STREAM_DESTROYED',
  'ECONNRESET',
  'ABORT_ERR',
  'EPIPE',
])

function isHangUp(error: unknown): boolean {
  return error instanceof Error && 'code' in error && hangUps.has(error.code)
}
