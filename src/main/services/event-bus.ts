import type { EventName, EventPayload } from '../../shared/protocol'
import type { WorkbenchListener } from './workbench'

/** Tells every listener what happened; the one place events leave from. */
export class EventBus {
  private readonly listeners = new Set<WorkbenchListener>()

  listen(listener: WorkbenchListener): () => void {
    this.listeners.add(listener)
    return () => this.listeners.delete(listener)
  }

  emit<Name extends EventName>(name: Name, payload: EventPayload<Name>): void {
    for (const listener of this.listeners) listener(name, payload)
  }
}
