import { mkdtemp, rm, writeFile, mkdir } from 'node:fs/promises'
import { request as httpRequest, type IncomingHttpHeaders } from 'node:http'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { WebSocket } from 'ws'
import { FiligreeError } from '../../src/shared/failure'
import { hostMessageSchema, type HostMessage } from '../../src/shared/protocol'
import { listRendererFiles } from '../../src/main/shell/renderer-files'
import { WorkbenchDouble } from '../support/workbench-double'
import { startBrowserServer, type BrowserServer } from '../../src/main/shell/browser/server'

interface Answer {
  status: number
  headers: IncomingHttpHeaders
  body: string
}

let folder: string
let server: BrowserServer
let cookie: string
const workbench = new WorkbenchDouble()
const errors: unknown[] = []

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'filigree-server-'))
  await mkdir(join(folder, 'page', 'assets'), { recursive: true })
  await writeFile(join(folder, 'secret.txt'), 'secret')
  await writeFile(join(folder, 'page', 'index.html'), '<!doctype html><title>Filigree</title>')
  await writeFile(join(folder, 'page', 'assets', 'index-1.js'), 'export {}')
  await writeFile(join(folder, 'page', 'assets', 'notes.unknown'), 'not for the page')
  server = await startBrowserServer({
    workbench,
    files: await listRendererFiles(join(folder, 'page')),
    version: '0.0.0',
    port: 0,
    onError: (error) => errors.push(error),
  })
  cookie = await enter()
})

afterAll(async () => {
  await server.close()
  await rm(folder, { recursive: true })
})

/** Follows a fresh address and returns the cookie it is exchanged for. */
async function enter(): Promise<string> {
  const { headers } = await ask(pathOf(server.issueAddress()), { cookie: null })
  return headers['set-cookie']?.[0]?.split(';')[0] ?? ''
}

const pathOf = (address: string): string => address.slice(address.indexOf('/', 'http://'.length))

interface Asking {
  method?: string
  cookie?: string | null
  headers?: Record<string, string>
  body?: string
}

/** A request as it is: no client that mends paths or refuses to send a wrong Host. */
function ask(path: string, asking: Asking = {}): Promise<Answer> {
  const session = asking.cookie === undefined ? cookie : asking.cookie
  return new Promise((done, fail) => {
    const sent = httpRequest(
      {
        host: '127.0.0.1',
        port: server.port,
        path,
        method: asking.method ?? 'GET',
        headers: {
          host: `127.0.0.1:${server.port}`,
          ...(session === null ? {} : { cookie: session }),
          ...asking.headers,
        },
      },
      (response) => {
        let body = ''
        response.setEncoding('utf8').on('data', (text: string) => (body += text))
        response.on('end', () => {
          done({ status: response.statusCode ?? 0, headers: response.headers, body })
        })
      },
    )
    sent.on('error', fail)
    sent.end(asking.body)
  })
}

describe('the way in', () => {
  test('a token is exchanged once for a strict cookie, and the address loses it', async () => {
    const path = pathOf(server.issueAddress())
    const first = await ask(path, { cookie: null })
    expect(first.status).toBe(303)
    expect(first.headers.location).toBe('/')
    expect(first.headers['set-cookie']?.[0]).toMatch(
      /^filigree-\d+=[\w-]{43}; HttpOnly; SameSite=Strict; Path=\/$/,
    )

    const again = await ask(path, { cookie: null })
    expect(again.status).toBe(403)
    expect(again.headers['set-cookie']).toBeUndefined()
    expect(again.body).toContain('used before')
  })

  test('a browser that is in may follow its old address again', async () => {
    const path = pathOf(server.issueAddress())
    await ask(path, { cookie: null })
    const again = await ask(path)
    expect(again.status).toBe(303)
    expect(again.headers['set-cookie']).toBeUndefined()
  })

  test.each(['/', '/assets/index-1.js', '/data/echo', '/?token=made-up'])(
    'no cookie, no %s',
    async (path) => {
      const { status, body } = await ask(path, { cookie: null })
      expect([401, 403]).toContain(status)
      expect(body).not.toContain('<!doctype')
    },
  )

  test('a made-up cookie is refused', async () => {
    const name = cookie.split('=')[0] ?? ''
    expect((await ask('/', { cookie: `${name}=${'A'.repeat(43)}` })).status).toBe(401)
    expect((await ask('/', { cookie: `${name}=` })).status).toBe(401)
  })
})

describe('where a request comes from', () => {
  test.each(['evil.example', 'evil.example:80', '127.0.0.1', '127.0.0.1:1', '[::1]:80'])(
    'Host "%s" is refused, even with the cookie and with a token',
    async (host) => {
      expect((await ask('/', { headers: { host } })).status).toBeGreaterThanOrEqual(400)
      const path = pathOf(server.issueAddress())
      const answer = await ask(path, { cookie: null, headers: { host } })
      expect(answer.status).toBeGreaterThanOrEqual(400)
      expect(answer.headers['set-cookie']).toBeUndefined()
    },
  )

  test.each(['http://evil.example', 'null', 'http://127.0.0.1:1', 'http://localhost'])(
    'Origin "%s" is refused',
    async (origin) => {
      expect((await ask('/data/echo', { headers: { origin } })).status).toBe(403)
    },
  )

  test('a request that changes something must name its origin', async () => {
    expect((await ask('/data/echo', { method: 'PUT', body: 'x' })).status).toBe(403)
  })

  test.each(['cross-site', 'same-site'])('Sec-Fetch-Site "%s" is refused', async (site) => {
    expect((await ask('/', { headers: { 'sec-fetch-site': site } })).status).toBe(403)
  })
})

describe('files of the page', () => {
  test('come with their type, a strict policy and no sniffing', async () => {
    const page = await ask('/')
    expect(page.status).toBe(200)
    expect(page.headers['content-type']).toBe('text/html; charset=utf-8')
    expect(page.headers['cache-control']).toBe('no-store')
    const policy = page.headers['content-security-policy'] ?? ''
    expect(policy).toContain("default-src 'none'")
    expect(policy).toContain("script-src 'self';")
    expect(policy).toContain("frame-ancestors 'none'")
    expect(policy).not.toMatch(/unsafe-eval|script-src[^;]*unsafe-inline|\*/)
    const script = await ask('/assets/index-1.js')
    expect(script.headers['content-type']).toBe('text/javascript; charset=utf-8')
    expect(script.headers['x-content-type-options']).toBe('nosniff')
  })

  test.each([
    '/../secret.txt',
    '/assets/../../secret.txt',
    '/%2e%2e/secret.txt',
    '/..%2fsecret.txt',
    '/assets/..%5c..%5csecret.txt',
    '//secret.txt',
    '/assets/notes.unknown',
    '/index.html%00.js',
    '/assets',
  ])('%s is not there', async (path) => {
    const { status, body } = await ask(path)
    expect([400, 404]).toContain(status)
    expect(body).not.toContain('secret')
  })

  test('an absolute address of another place is not answered', async () => {
    expect((await ask('http://evil.example/')).status).toBe(400)
  })

  test('take nothing', async () => {
    const origin = `http://127.0.0.1:${server.port}`
    expect((await ask('/index.html', { method: 'POST', headers: { origin }, body: 'x' })).status).toBe(405)
  })
})

describe('data', () => {
  const origin = (): string => `http://127.0.0.1:${server.port}`

  test('bodies stream in and out, the cookie stays behind, and a document may run nothing', async () => {
    const body = 'abc'.repeat(100_000)
    const answer = await ask('/data/echo', { method: 'PUT', headers: { origin: origin() }, body })
    expect(answer.status).toBe(200)
    expect(answer.body).toBe(body)
    expect(answer.headers['x-saw-cookie']).toBe('no')
    expect(answer.headers['content-security-policy']).toContain('sandbox')
    expect(answer.headers['content-security-policy']).not.toContain('allow-scripts')
  })

  test('HEAD has headers only', async () => {
    const answer = await ask('/data/echo', { method: 'HEAD' })
    expect(answer.status).toBe(200)
    expect(answer.body).toBe('')
  })

  test('a browser that hangs up cancels the source', async () => {
    const socket = connect(server.port, '127.0.0.1')
    socket.write(`GET /data/endless HTTP/1.1\r\nHost: 127.0.0.1:${server.port}\r\nCookie: ${cookie}\r\n\r\n`)
    await new Promise((done) => socket.once('data', done))
    socket.destroy()
    await expect.poll(() => workbench.endlessCancelled).toBe(true)
  })

  test('a bug is answered by 500 and told, not shown', async () => {
    const answer = await ask('/data/bug')
    expect(answer.status).toBe(500)
    expect(answer.body).not.toContain('inner words')
    expect(errors).toHaveLength(1)
  })
})

describe('the socket', () => {
  interface Line {
    socket: WebSocket
    messages: HostMessage[]
    closed: Promise<number>
  }

  function dial(headers: Record<string, string>, path = '/socket'): Line {
    const socket = new WebSocket(`ws://127.0.0.1:${server.port}${path}`, { headers })
    const messages: HostMessage[] = []
    socket.on('message', (data: Buffer) => {
      messages.push(hostMessageSchema.parse(JSON.parse(data.toString('utf8'))))
    })
    const closed = new Promise<number>((done) => {
      socket.on('close', done)
      socket.on('error', () => undefined)
    })
    return { socket, messages, closed }
  }

  const good = (): Record<string, string> => ({ cookie, origin: `http://127.0.0.1:${server.port}` })

  test('says hello, answers, fails in words and passes events on', async () => {
    const { socket, messages, closed } = dial(good())
    await new Promise((done) => socket.once('message', done))
    expect(messages[0]).toMatchObject({ type: 'hello', protocol: 1 })
    socket.send(JSON.stringify({ type: 'request', id: 1, name: 'project.recent', input: null }))
    workbench.fail = new FiligreeError('not-found', 'There is no such run.')
    socket.send(JSON.stringify({ type: 'request', id: 2, name: 'runs.get', input: { run: 'x' } }))
    await expect.poll(() => messages.length).toBe(3)
    expect(messages[1]).toEqual({ type: 'response', id: 1, output: [] })
    expect(messages[2]).toMatchObject({
      type: 'failure',
      id: 2,
      failure: { message: 'There is no such run.' },
    })
    workbench.emit('notice', { level: 'info', message: 'Saved.' })
    await expect.poll(() => messages.at(-1)).toMatchObject({ type: 'event', name: 'notice' })
    socket.close()
    await closed
    await expect.poll(() => workbench.listeners).toBe(0)
  })

  test.each<[string, Record<string, string | undefined>, string?]>([
    ['no cookie', { cookie: undefined }],
    ['no origin', { origin: undefined }],
    ['another origin', { origin: 'http://evil.example' }],
    ['a bent host', { host: 'evil.example' }],
    ['another address', {}, '/socket/../socket2'],
  ])('%s is refused', async (_why, change, path) => {
    const headers = Object.entries({ ...good(), ...change }).filter(
      (entry): entry is [string, string] => entry[1] !== undefined,
    )
    const { closed, messages } = dial(Object.fromEntries(headers), path)
    expect(await closed).toBe(1006)
    expect(messages).toEqual([])
  })

  test.each(['not json', '{"type":"request"}', '{"type":"request","id":1,"name":"__proto__","input":null}'])(
    'hangs up on %s',
    async (text) => {
      const { socket, closed } = dial(good())
      socket.on('open', () => {
        socket.send(text)
      })
      expect(await closed).toBe(1008)
    },
  )

  test('hangs up on a message of more than a megabyte', async () => {
    const { socket, closed } = dial(good())
    socket.on('open', () => {
      socket.send('x'.repeat(1024 * 1024 + 1))
    })
    expect(await closed).toBe(1009)
  })
})

test('a port in use is named with what to do', async () => {
  const second = startBrowserServer({
    workbench,
    files: new Map(),
    version: '0.0.0',
    port: server.port,
    onError: () => undefined,
  })
  await expect(second).rejects.toThrow(/is in use by another program.*--port/)
})
