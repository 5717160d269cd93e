import type { EventName, EventPayload } from '../../shared/protocol'

/** Who listens to which event of the host. */
export class EventListeners {
  readonly #sets = new Map<EventName, Set<(payload: unknown) => void>>()

  /** Returns the way to stop listening. */
  readonly listen = <Name extends EventName>(name: Name, listener: (payload: EventPayload<Name>) => void) => {
    const set = this.#sets.get(name) ?? new Set()
    this.#sets.set(name, set)
    // `tell` is only given payloads of the name they are kept under.
    const untyped = listener as (payload: unknown) => void
    set.add(untyped)
    return () => {
      set.delete(untyped)
    }
  }

  tell<Name extends EventName>(name: Name, payload: EventPayload<Name>): void {
    for (const listener of this.#sets.get(name) ?? []) listener(payload)
  }
}
