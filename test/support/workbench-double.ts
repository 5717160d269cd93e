import type { FiligreeError } from '../../src/shared/failure'
import type {
  EventName,
  EventPayload,
  RequestInput,
  RequestName,
  RequestOutput,
} from '../../src/shared/protocol'
import type { FileEntry } from '../../src/shared/project'
import type { Workbench, WorkbenchListener } from '../../src/main/services/workbench'

/** A workbench without a project, for tests of the shells: it answers little, and counts who listens. */
export class WorkbenchDouble implements Workbench {
  /** Thrown by the next request but `project.recent`. */
  fail: FiligreeError | null = null
  endlessCancelled = false
  readonly requests: { name: RequestName; input: unknown }[] = []
  readonly #listeners = new Set<WorkbenchListener>()

  get listeners(): number {
    return this.#listeners.size
  }

  request<Name extends RequestName>(name: Name, input: RequestInput<Name>): Promise<RequestOutput<Name>> {
    this.requests.push({ name, input })
    if (name === 'project.recent') return Promise.resolve([] as RequestOutput<Name>)
    return Promise.reject(this.fail ?? new Error('inner words'))
  }

  listen(listener: WorkbenchListener): () => void {
    this.#listeners.add(listener)
    return () => {
      this.#listeners.delete(listener)
    }
  }

  emit<Name extends EventName>(name: Name, payload: EventPayload<Name>): void {
    for (const listener of this.#listeners) listener(name, payload)
  }

  async handleData(request: Request): Promise<Response> {
    const { pathname } = new URL(request.url)
    if (pathname === '/data/bug') throw new Error('inner words')
    if (pathname === '/data/endless') return new Response(this.#endless())
    const headers = { 'x-saw-cookie': request.headers.has('cookie') ? 'yes' : 'no' }
    return new Response(request.body === null ? 'empty' : await request.arrayBuffer(), { headers })
  }

  grant(): Promise<FileEntry> {
    return Promise.reject(new Error('inner words'))
  }

  pathOf(): string {
    return ''
  }

  activeRuns(): number {
    return 0
  }

  close(): Promise<void> {
    return Promise.resolve()
  }

  #endless(): ReadableStream<Uint8Array> {
    return new ReadableStream({
      pull: (controller) => {
        controller.enqueue(new Uint8Array(65_536))
      },
      cancel: () => {
        this.endlessCancelled = true
      },
    })
  }
}
