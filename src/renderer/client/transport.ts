import type { ClientMessage } from '../../shared/protocol'

/** What a transport tells the client. */
export interface TransportEvents {
  opened: () => void
  /** A message as it came, still unchecked. */
  message: (message: unknown) => void
  /** The way is closed; the client decides when to try again. */
  closed: () => void
}

/** A way to the host. `connect` may be called again after `closed`. */
export interface Transport {
  connect(events: TransportEvents): void
  send(message: ClientMessage): void
}
