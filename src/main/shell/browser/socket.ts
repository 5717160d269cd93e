import type { IncomingMessage } from 'node:http'
import type { Duplex } from 'node:stream'
import { WebSocket, WebSocketServer, type RawData } from 'ws'
import type { HostMessage } from '../../../shared/protocol'
import type { Workbench } from '../../services/workbench'
import { Session } from '../session'

/** The largest message a renderer may send, in bytes; arrays and files never come this way. */
const largestMessage = 1024 * 1024
/** Bytes that may wait for a slow reader before live progress is merged instead of sent. */
const congestion = 1024 * 1024
/** Bytes at which a reader has stopped reading for good; it is let go and connects again. */
const hopeless = 64 * 1024 * 1024
/** A page that does not answer a ping within this many milliseconds is gone. */
const heartbeat = 30_000

/** Close codes of RFC 6455. */
const closeCodes = { goingAway: 1001, notUnderstood: 1008, tryAgainLater: 1013 } as const

/** Turns checked upgrades into sessions. */
export class SocketDoor {
  readonly #server = new WebSocketServer({
    noServer: true,
    maxPayload: largestMessage,
    perMessageDeflate: false,
  })
  readonly #workbench: Workbench
  readonly #version: string

  constructor(workbench: Workbench, version: string) {
    this.#workbench = workbench
    this.#version = version
  }

  accept(request: IncomingMessage, stream: Duplex, head: Buffer): void {
    this.#server.handleUpgrade(request, stream, head, (socket) => {
      this.#connect(socket)
    })
  }

  close(): void {
    for (const socket of this.#server.clients) socket.close(closeCodes.goingAway, 'Filigree was closed.')
    this.#server.close()
  }

  #connect(socket: WebSocket): void {
    const session = new Session(this.#workbench, transportOver(socket), this.#version)
    const stopHeartbeat = watch(socket)
    socket.on('message', (data, isBinary) => {
      if (!isBinary && session.receive(parsed(data))) return
      socket.close(closeCodes.notUnderstood, 'This message is not part of the protocol.')
    })
    // An error (a message too long, a broken frame) is followed by 'close', which tidies up.
    socket.on('error', () => undefined)
    socket.on('close', () => {
      stopHeartbeat()
      session.close()
    })
  }
}

function transportOver(socket: WebSocket): { send(message: HostMessage): void; isCongested(): boolean } {
  return {
    isCongested: () => socket.bufferedAmount > congestion,
    send: (message) => {
      if (socket.readyState !== WebSocket.OPEN) return
      if (socket.bufferedAmount > hopeless) {
        socket.close(closeCodes.tryAgainLater, 'The page reads too slowly.')
        return
      }
      socket.send(JSON.stringify(message))
    },
  }
}

function watch(socket: WebSocket): () => void {
  let answered = true
  socket.on('pong', () => {
    answered = true
  })
  const timer = setInterval(() => {
    if (!answered) {
      socket.terminate()
      return
    }
    answered = false
    socket.ping()
  }, heartbeat)
  timer.unref()
  return () => {
    clearInterval(timer)
  }
}

/** The JSON of a text message; undefined, which no schema accepts, where it is none. */
function parsed(data: RawData): unknown {
  try {
    const bytes = Array.isArray(data) ? Buffer.concat(data) : Buffer.from(data as ArrayBuffer)
    return JSON.parse(bytes.toString('utf8'))
  } catch {
    return undefined
  }
}
