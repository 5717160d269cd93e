import { FiligreeError } from '../../shared/failure'
import {
  events,
  hostMessageSchema,
  protocolVersion,
  requests,
  type EventName,
  type EventPayload,
  type HostMessage,
  type RequestInput,
  type RequestName,
  type RequestOutput,
} from '../../shared/protocol'
import { EventListeners } from './event-listeners'
import type { Transport } from './transport'

export type ConnectionState = 'connecting' | 'open' | 'lost' | 'incompatible'

/** Asks the host and hears from it; the renderer's only way to it besides data addresses. */
export interface Client {
  /** Sends a request and checks the answer. Throws a `FiligreeError` where the host says so. */
  request<Name extends RequestName>(name: Name, input: RequestInput<Name>): Promise<RequestOutput<Name>>
  /** Returns the way to stop listening. */
  listen<Name extends EventName>(name: Name, listener: (payload: EventPayload<Name>) => void): () => void
  /** Told the present state at once, then every change. Stores read everything anew on 'open'. */
  onConnection(listener: (state: ConnectionState) => void): () => void
}

interface Pending {
  name: RequestName
  resolve: (output: unknown) => void
  reject: (error: FiligreeError) => void
}

const retryDelays = [250, 500, 1000, 2000, 4000]

/**
 * Connects over a transport and stays connected: a lost connection is tried again with growing pauses.
 * `complain` is told of messages that nobody asked for and nobody can read.
 */
export function createClient(transport: Transport, complain: (error: FiligreeError) => void): Client {
  const pending = new Map<number, Pending>()
  const waiting: (() => void)[] = []
  const listeners = new EventListeners()
  const watchers = new Set<(state: ConnectionState) => void>()
  let state: ConnectionState = 'connecting'
  let nextId = 1
  let attempts = 0

  function change(next: ConnectionState) {
    if (state === next) return
    state = next
    for (const watcher of watchers) watcher(next)
  }

  function opened() {
    attempts = 0
    change('open')
    for (const send of waiting.splice(0)) send()
  }

  function closed() {
    if (state === 'incompatible') return
    const lost = [...pending.values()]
    pending.clear()
    for (const request of lost) {
      request.reject(
        new FiligreeError(
          'io',
          'The connection to Filigree was lost before it answered. It is being tried again.',
        ),
      )
    }
    change('lost')
    const delay = retryDelays[Math.min(attempts, retryDelays.length - 1)] ?? 4000
    attempts += 1
    setTimeout(connect, delay)
  }

  function settle(message: Extract<HostMessage, { type: 'response' | 'failure' }>) {
    const request = pending.get(message.id)
    if (request === undefined) return
    pending.delete(message.id)
    if (message.type === 'failure') {
      const { code, message: text, field, detail } = message.failure
      request.reject(
        new FiligreeError(code, text, {
          ...(field === null ? {} : { field }),
          ...(detail === null ? {} : { detail }),
        }),
      )
      return
    }
    const output = requests[request.name].output.safeParse(message.output)
    if (output.success) request.resolve(output.data)
    else request.reject(malformed(`the answer to ${request.name}`, output.error.message))
  }

  function announce(name: EventName, payload: unknown) {
    const checked = events[name].safeParse(payload)
    if (!checked.success) {
      complain(malformed(`the event ${name}`, checked.error.message))
      return
    }
    listeners.tell(name, checked.data)
  }

  function receive(raw: unknown) {
    const parsed = hostMessageSchema.safeParse(raw)
    if (!parsed.success) {
      complain(malformed('a message', parsed.error.message))
      return
    }
    const message = parsed.data
    if (message.type === 'hello') {
      if (message.protocol !== protocolVersion) change('incompatible')
    } else if (message.type === 'event') announce(message.name, message.payload)
    else settle(message)
  }

  function connect() {
    transport.connect({ opened, message: receive, closed })
  }

  connect()
  return {
    request<Name extends RequestName>(name: Name, input: RequestInput<Name>) {
      return new Promise<RequestOutput<Name>>((resolve, reject) => {
        const id = nextId
        nextId += 1
        const send = () => {
          // The schema of this name's output makes the type: `settle` parses with it.
          pending.set(id, { name, resolve: (output) => resolve(output as RequestOutput<Name>), reject })
          transport.send({ type: 'request', id, name, input })
        }
        if (state === 'open') send()
        else waiting.push(send)
      })
    },
    listen: listeners.listen,
    onConnection(listener) {
      watchers.add(listener)
      listener(state)
      return () => watchers.delete(listener)
    },
  }
}

function malformed(what: string, detail: string): FiligreeError {
  return new FiligreeError('internal', `Filigree could not read ${what}. Reload the window.`, { detail })
}
