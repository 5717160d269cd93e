import { FiligreeError } from '../../shared/failure'

/** One address of `/data`, and what answers it. */
export interface Route {
  method: 'GET' | 'PUT'
  /** A colon stands for one part of the address, handed to the handler. */
  pattern: string
  handle: (parts: string[], address: URL, request: Request) => Promise<Response>
}

/** The parts of an address that stand where the pattern has colons; null where it does not fit. */
export function matchParts(pattern: string, path: string): string[] | null {
  const wanted = ['data', ...pattern.split('/')]
  const given = path.slice(1).split('/')
  if (wanted.length !== given.length) return null
  const parts: string[] = []
  for (const [index, name] of wanted.entries()) {
    const part = given[index] ?? ''
    if (name === ':') parts.push(decodeURIComponent(part))
    else if (name !== part) return null
  }
  return parts
}

/** The failure for something that is not there. */
export function notFound(message: string): FiligreeError {
  return new FiligreeError('not-found', message)
}
