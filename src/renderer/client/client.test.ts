import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { FiligreeError } from '../../shared/failure'
import { protocolVersion, type ClientMessage } from '../../shared/protocol'
import { createClient, type ConnectionState } from './client'
import type { Transport, TransportEvents } from './transport'

/** A transport whose other end is the test. */
function looseTransport() {
  const sent: ClientMessage[] = []
  let events: TransportEvents | null = null
  let connections = 0
  const transport: Transport = {
    connect(given) {
      events = given
      connections += 1
    },
    send: (message) => void sent.push(message),
  }
  return {
    transport,
    sent,
    connections: () => connections,
    open: () => events?.opened(),
    close: () => events?.closed(),
    receive: (message: unknown) => events?.message(message),
  }
}

const complain = vi.fn()

beforeEach(() => {
  vi.useFakeTimers()
  complain.mockClear()
})

afterEach(() => {
  vi.useRealTimers()
  vi.restoreAllMocks()
})

describe('createClient', () => {
  it('keeps requests until the way is open, and answers them by their number', async () => {
    const wire = looseTransport()
    const client = createClient(wire.transport, complain)
    const first = client.request('runs.log', { run: 'a' })
    const second = client.request('runs.log', { run: 'b' })
    expect(wire.sent).toEqual([])
    wire.open()
    expect(wire.sent.map((message) => message.name)).toEqual(['runs.log', 'runs.log'])
    const [one, two] = wire.sent
    wire.receive({ type: 'response', id: two?.id, output: 'of b' })
    wire.receive({ type: 'response', id: one?.id, output: 'of a' })
    expect(await Promise.all([first, second])).toEqual(['of a', 'of b'])
  })

  it('throws what the host says went wrong, with its cause and field', async () => {
    const wire = looseTransport()
    const client = createClient(wire.transport, complain)
    wire.open()
    const asked = client.request('runs.log', { run: 'a' })
    wire.receive({
      type: 'failure',
      id: wire.sent[0]?.id,
      failure: { code: 'not-found', message: 'There is no run a.', field: 'run', detail: null },
    })
    const error: unknown = await asked.catch((reason: unknown) => reason)
    expect(error).toBeInstanceOf(FiligreeError)
    expect(error).toMatchObject({ code: 'not-found', message: 'There is no run a.', field: 'run' })
  })

  it('refuses an answer that is not what the protocol promises', async () => {
    const wire = looseTransport()
    const client = createClient(wire.transport, complain)
    wire.open()
    const asked = client.request('runs.log', { run: 'a' })
    wire.receive({ type: 'response', id: wire.sent[0]?.id, output: 12 })
    await expect(asked).rejects.toMatchObject({ code: 'internal' })
  })

  it('passes events that are sound and drops the others', () => {
    const wire = looseTransport()
    const client = createClient(wire.transport, complain)
    const heard = vi.fn()
    const leave = client.listen('notice', heard)
    wire.open()
    wire.receive({ type: 'event', name: 'notice', payload: { level: 'info', message: 'Hello.' } })
    wire.receive({ type: 'event', name: 'notice', payload: { level: 'loud' } })
    wire.receive('no message at all')
    leave()
    wire.receive({ type: 'event', name: 'notice', payload: { level: 'info', message: 'Unheard.' } })
    expect(heard.mock.calls).toEqual([[{ level: 'info', message: 'Hello.' }]])
    expect(complain).toHaveBeenCalledTimes(2)
  })

  it('fails what was under way when the connection goes, and comes back', async () => {
    const wire = looseTransport()
    const client = createClient(wire.transport, complain)
    const states: ConnectionState[] = []
    client.onConnection((state) => states.push(state))
    wire.open()
    const asked = client.request('runs.log', { run: 'a' })
    wire.close()
    await expect(asked).rejects.toMatchObject({ code: 'io' })
    vi.advanceTimersByTime(300)
    expect(wire.connections()).toBe(2)
    wire.open()
    expect(states).toEqual(['connecting', 'open', 'lost', 'open'])
  })

  it('says when the host speaks another version, and stops trying', () => {
    const wire = looseTransport()
    const client = createClient(wire.transport, complain)
    const states: ConnectionState[] = []
    client.onConnection((state) => states.push(state))
    wire.open()
    wire.receive({ type: 'hello', protocol: protocolVersion + 1, version: '9.9.9' })
    wire.close()
    vi.advanceTimersByTime(60_000)
    expect(states.at(-1)).toBe('incompatible')
    expect(wire.connections()).toBe(1)
  })
})
