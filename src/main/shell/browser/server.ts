import { createReadStream } from 'node:fs'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { pipeline } from 'node:stream/promises'
import { FiligreeError } from '../../../shared/failure'
import type { Workbench } from '../../services/workbench'
import { commonHeaders, dataHeadersFor, pageHeaders } from '../content-security'
import type { RendererFile } from '../renderer-files'
import { Access, type Refusal } from './access'
import { sendFetchResponse, toFetchRequest } from './http-bridge'
import { SocketDoor } from './socket'

/** Only this machine can reach it; never a name, which could resolve to something else. */
const loopback = '127.0.0.1'

export interface BrowserServerOptions {
  workbench: Workbench
  files: ReadonlyMap<string, RendererFile>
  version: string
  /** 0 takes a free one. */
  port: number
  /** Told of bugs; what a person did wrong is answered, not logged. */
  onError: (error: unknown) => void
}

export interface BrowserServer {
  port: number
  /** A new address that lets one browser in once. */
  issueAddress(): string
  close(): Promise<void>
}

/** Starts the loopback server: the renderer's files, `/data/*` and the WebSocket at `/socket`. */
export async function startBrowserServer(options: BrowserServerOptions): Promise<BrowserServer> {
  const server = createServer({ requestTimeout: 0 })
  const port = await listen(server, options.port)
  const access = new Access(port)
  const sockets = new SocketDoor(options.workbench, options.version)

  server.on('request', (request, response) => {
    answer(request, response, options, access).catch((error: unknown) => {
      options.onError(error)
      if (response.headersSent) response.destroy()
      else refuse(response, { status: 500, message: 'Something in Filigree itself went wrong.' })
    })
  })
  server.on('upgrade', (request, socket, head) => {
    const refusal =
      access.checkOrigin(request, true) ??
      access.checkSession(request) ??
      (request.url === '/socket' ? null : { status: 400, message: 'There is no socket at this address.' })
    if (refusal === null) sockets.accept(request, socket, head)
    else socket.end(`HTTP/1.1 ${refusal.status} Refused\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`)
  })

  return {
    port,
    issueAddress: () => `http://${loopback}:${port}/?token=${access.issueToken()}`,
    close: async () => {
      sockets.close()
      const closed = new Promise<void>((done) => {
        server.close(() => {
          done()
        })
      })
      server.closeAllConnections()
      await closed
    },
  }
}

async function listen(server: Server, port: number): Promise<number> {
  await new Promise<void>((done, fail) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      fail(portFailure(error, port))
    })
    server.listen({ host: loopback, port, exclusive: true }, done)
  })
  return (server.address() as AddressInfo).port
}

function portFailure(error: NodeJS.ErrnoException, port: number): FiligreeError {
  const [code, reason] =
    error.code === 'EADDRINUSE'
      ? (['busy', 'is in use by another program'] as const)
      : error.code === 'EACCES'
        ? (['not-allowed', 'may not be used by this account'] as const)
        : (['io', 'can not be opened'] as const)
  return new FiligreeError(
    code,
    `Port ${port} of ${loopback} ${reason}. Choose another with --port, or leave it out to take a free one.`,
    { cause: error, detail: error.message },
  )
}

async function answer(
  request: IncomingMessage,
  response: ServerResponse,
  options: BrowserServerOptions,
  access: Access,
): Promise<void> {
  const originRefusal = access.checkOrigin(request)
  if (originRefusal !== null) {
    refuse(response, originRefusal)
    return
  }
  const origin = `http://${request.headers.host ?? ''}`
  const url = URL.parse(request.url ?? '/', origin)
  if (url?.origin !== origin) {
    refuse(response, { status: 400, message: 'This address can not be read.' })
    return
  }
  const token = url.pathname === '/' && request.method === 'GET' ? url.searchParams.get('token') : null
  if (token !== null && access.redeem(token)) {
    response.writeHead(303, {
      ...commonHeaders,
      'location': '/',
      'set-cookie': access.cookie(),
      'cache-control': 'no-store',
    })
    response.end()
    return
  }
  const sessionRefusal = access.checkSession(request)
  if (sessionRefusal !== null) {
    refuse(response, token === null ? sessionRefusal : usedToken)
    return
  }
  if (token !== null) {
    // A browser that is in already followed its first address again: show the page, without the token.
    response.writeHead(303, { ...commonHeaders, 'location': '/', 'cache-control': 'no-store' })
    response.end()
    return
  }
  if (url.pathname.startsWith('/data/')) await sendData(request, response, options, origin)
  else await sendFile(request, response, options.files.get(url.pathname), origin)
}

const usedToken: Refusal = {
  status: 403,
  message:
    'This address was used before, and each lets one browser in once. Use the page that is open already, or start Filigree again for a new address.',
}

async function sendData(
  request: IncomingMessage,
  response: ServerResponse,
  options: BrowserServerOptions,
  origin: string,
): Promise<void> {
  const answer = await options.workbench.handleData(toFetchRequest(request, response, origin))
  await sendFetchResponse(answer, dataHeadersFor(answer.headers), response, request.method !== 'HEAD')
}

async function sendFile(
  request: IncomingMessage,
  response: ServerResponse,
  file: RendererFile | undefined,
  origin: string,
): Promise<void> {
  if (request.method !== 'GET' && request.method !== 'HEAD') {
    refuse(response, { status: 405, message: 'Nothing can be sent to this address.' })
    return
  }
  if (file === undefined) {
    refuse(response, { status: 404, message: 'There is nothing at this address.' })
    return
  }
  const headers = pageHeaders(file.address, file.contentType, [origin.replace('http:', 'ws:')])
  headers.set('content-length', String(file.bytes))
  response.writeHead(200, [...headers].flat())
  if (request.method === 'HEAD') response.end()
  else await pipeline(createReadStream(file.path), response)
}

function refuse(response: ServerResponse, refusal: { status: number; message: string }): void {
  response.writeHead(refusal.status, {
    ...commonHeaders,
    'content-type': 'text/plain; charset=utf-8',
    'content-security-policy': "default-src 'none'",
    'cache-control': 'no-store',
    // What is left of an unwanted body is not read.
    'connection': 'close',
  })
  response.end(`${refusal.message}\n`)
}
