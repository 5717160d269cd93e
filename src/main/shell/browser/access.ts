import { createHash, randomBytes, timingSafeEqual } from 'node:crypto'
import type { IncomingMessage } from 'node:http'

/** Why a request was turned away, with the status and the sentence it is answered by. */
export interface Refusal {
  status: 400 | 401 | 403 | 421
  message: string
}

/**
 * Who may talk to the loopback server. A token from a printed address is exchanged once for a session cookie;
 * Host, Origin and the browser's own Sec-Fetch-Site are checked on every request and upgrade, which keeps out
 * other pages of the same browser and names that were bent to point at this machine (DNS rebinding).
 */
export class Access {
  readonly #cookieName: string
  readonly #secret = randomBytes(32).toString('base64url')
  readonly #hosts: readonly string[]
  readonly #unusedTokens = new Set<string>()

  constructor(port: number) {
    // Cookies do not know ports: the name keeps two running Filigrees apart.
    this.#cookieName = `filigree-${port}`
    this.#hosts = [`127.0.0.1:${port}`, `localhost:${port}`]
  }

  /** A new token, good for one exchange. Only its hash is kept. */
  issueToken(): string {
    const token = randomBytes(32).toString('base64url')
    this.#unusedTokens.add(hash(token))
    return token
  }

  /** Takes a token out of use. False where it is unknown or was used before. */
  redeem(token: string): boolean {
    return this.#unusedTokens.delete(hash(token))
  }

  /** The `Set-Cookie` value of a redeemed token. It ends with the browser session and with this process. */
  cookie(): string {
    return `${this.#cookieName}=${this.#secret}; HttpOnly; SameSite=Strict; Path=/`
  }

  /** Checks where a request says it goes to and comes from; null lets it pass. */
  checkOrigin(request: IncomingMessage, upgrade = false): Refusal | null {
    const { host, origin } = request.headers
    if (host === undefined || !this.#hosts.includes(host)) {
      return { status: 421, message: 'This address is not one Filigree answers to.' }
    }
    const originNeeded = upgrade || (request.method !== 'GET' && request.method !== 'HEAD')
    if (origin === undefined ? originNeeded : origin !== `http://${host}`) {
      return { status: 403, message: 'Another page may not use Filigree.' }
    }
    return null
  }

  /** Checks that a request belongs to a page that exchanged a token; null lets it pass. */
  checkSession(request: IncomingMessage): Refusal | null {
    const site = request.headers['sec-fetch-site']
    if (site !== undefined && site !== 'same-origin' && site !== 'none') {
      return { status: 403, message: 'Another page may not use Filigree.' }
    }
    if (!this.#hasCookie(request)) {
      return {
        status: 401,
        message: 'This browser has no session. Open the address that Filigree printed when it started.',
      }
    }
    return null
  }

  #hasCookie(request: IncomingMessage): boolean {
    const pairs = (request.headers.cookie ?? '').split(';').map((pair) => pair.trim())
    const prefix = `${this.#cookieName}=`
    return pairs.some((pair) => pair.startsWith(prefix) && sameText(pair.slice(prefix.length), this.#secret))
  }
}

function hash(token: string): string {
  return createHash('sha256').update(token).digest('hex')
}

function sameText(left: string, right: string): boolean {
  const [a, b] = [Buffer.from(hash(left)), Buffer.from(hash(right))]
  return timingSafeEqual(a, b)
}
