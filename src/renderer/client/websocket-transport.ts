import type { Transport } from './transport'

/** The browser shell's way: a WebSocket at `/socket` of the page's own origin, messages as JSON text. */
export function createWebSocketTransport(location: Pick<Location, 'protocol' | 'host'>): Transport {
  const scheme = location.protocol === 'https:' ? 'wss' : 'ws'
  let socket: WebSocket | null = null
  return {
    connect(events) {
      const current = new WebSocket(`${scheme}://${location.host}/socket`)
      socket = current
      current.addEventListener('open', () => events.opened())
      current.addEventListener('close', () => events.closed())
      current.addEventListener('message', (event: MessageEvent<unknown>) => {
        if (typeof event.data === 'string') events.message(parseJson(event.data))
      })
    },
    send(message) {
      socket?.send(JSON.stringify(message))
    },
  }
}

/** Undefined for text that is no JSON; the client reports it like any other malformed message. */
function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
