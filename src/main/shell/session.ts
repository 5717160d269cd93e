import { FiligreeError, type Failure } from '../../shared/failure'
import type { RunProgress } from '../../shared/run'
import {
  clientMessageSchema,
  protocolVersion,
  type ClientMessage,
  type HostMessage,
  type RequestInput,
} from '../../shared/protocol'
import type { Workbench } from '../services/workbench'

/** What carries messages to one renderer: a WebSocket or a MessagePort. */
export interface SessionTransport {
  send(message: HostMessage): void
  /** True while what was sent is piling up; live progress then waits and is merged. */
  isCongested(): boolean
}

/** Requests one renderer may have under way; more than a page ever needs. */
const requestLimit = 256
/** How often held progress is tried again, in milliseconds. */
const retryInterval = 100

/**
 * One connected renderer, whatever connects it: checks its messages, passes requests to the workbench, sends
 * answers and events back. Live progress of a renderer that reads too slowly is merged, never dropped.
 */
export class Session {
  readonly #workbench: Workbench
  readonly #transport: SessionTransport
  readonly #stopListening: () => void
  readonly #heldProgress = new Map<string, RunProgress>()
  #retry: NodeJS.Timeout | null = null
  #pending = 0
  #closed = false

  constructor(workbench: Workbench, transport: SessionTransport, version: string) {
    this.#workbench = workbench
    this.#transport = transport
    this.#send({ type: 'hello', protocol: protocolVersion, version })
    this.#stopListening = workbench.listen((name, payload) => {
      if (name === 'run.progress') this.#sendProgress(payload as RunProgress)
      else this.#sendEvent({ type: 'event', name, payload })
    })
  }

  /** Takes a message as it came. Returns false for one that no renderer of ours sends: the caller hangs up. */
  receive(raw: unknown): boolean {
    const message = clientMessageSchema.safeParse(raw)
    if (!message.success) return false
    if (this.#pending >= requestLimit) {
      this.#send({ type: 'failure', id: message.data.id, failure: tooManyRequests.toFailure() })
      return true
    }
    void this.#answer(message.data)
    return true
  }

  /** Stops sending; requests that are under way finish unheard. */
  close(): void {
    if (this.#closed) return
    this.#closed = true
    this.#stopListening()
    if (this.#retry !== null) clearTimeout(this.#retry)
    this.#heldProgress.clear()
  }

  async #answer({ id, name, input }: ClientMessage): Promise<void> {
    this.#pending += 1
    try {
      // The workbench checks the input by the schema of its name, so the type is earned there.
      const output: unknown = await this.#workbench.request(name, input as RequestInput<typeof name>)
      this.#send({ type: 'response', id, output: output ?? null })
    } catch (error) {
      this.#send({ type: 'failure', id, failure: failureOf(error) })
    } finally {
      this.#pending -= 1
    }
  }

  #sendProgress(progress: RunProgress): void {
    const held = this.#heldProgress.get(progress.run)
    const merged = held === undefined ? progress : { ...progress, rows: [...held.rows, ...progress.rows] }
    if (!this.#transport.isCongested()) {
      this.#heldProgress.delete(progress.run)
      this.#send({ type: 'event', name: 'run.progress', payload: merged })
      return
    }
    this.#heldProgress.set(progress.run, merged)
    this.#retry ??= setTimeout(() => {
      this.#retry = null
      this.#releaseProgress()
    }, retryInterval)
  }

  /** Other events follow the progress that was reported before them. */
  #sendEvent(message: HostMessage): void {
    if (this.#heldProgress.size > 0 && !this.#transport.isCongested()) this.#releaseProgress()
    this.#send(message)
  }

  #releaseProgress(): void {
    for (const progress of [...this.#heldProgress.values()]) {
      this.#heldProgress.delete(progress.run)
      this.#sendProgress(progress)
    }
  }

  #send(message: HostMessage): void {
    if (!this.#closed) this.#transport.send(message)
  }
}

const tooManyRequests = new FiligreeError(
  'busy',
  `More than ${requestLimit} requests are under way at once. Wait for some of them to be answered.`,
)

/** A failure for the renderer; what was not thrown on purpose is a bug and says so. */
export function failureOf(error: unknown): Failure {
  if (error instanceof FiligreeError) return error.toFailure()
  const detail = error instanceof Error ? (error.stack ?? error.message) : String(error)
  return {
    code: 'internal',
    message: 'Something in Filigree itself went wrong. Try again; if it stays, report it with the details.',
    field: null,
    detail,
  }
}
