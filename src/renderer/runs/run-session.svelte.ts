import { dataAddress } from '../../shared/data-address'
import type { MethodDescription, OutputDescription } from '../../shared/method'
import { isFinished, type RunProgress, type RunRecord } from '../../shared/run'
import { TraceBuffer } from '../charts/trace-buffer'
import type { Client } from '../client/client'
import { fetchArray } from '../client/data'
import { sentenceOf } from '../state/notices.svelte'

/** One run on screen: its record, its news while it works, its trace. */
export class RunSession {
  record = $state.raw<RunRecord | null>(null)
  progress = $state.raw<RunProgress | null>(null)
  /** Why the run cannot be shown. */
  problem = $state<string | null>(null)
  /** Set by the click, before the host has answered. */
  cancelling = $state(false)
  trace = $state.raw<TraceBuffer | null>(null)
  /** Grows with the trace: the buffer itself is not watched. */
  traceRevision = $state(0)
  /** Iterations whose row is here. */
  readonly traced = $derived(this.traceRevision === 0 ? 0 : (this.trace?.length ?? 0))
  readonly finished = $derived(this.record !== null && isFinished(this.record.state))
  readonly #client: Client
  readonly #methods: () => readonly MethodDescription[]
  #stop: (() => void)[] = []
  #stopped = false

  constructor(
    client: Client,
    readonly id: string,
    /** Read when the record is there: the catalogue may come later than this page. */
    methods: () => readonly MethodDescription[],
  ) {
    this.#client = client
    this.#methods = methods
  }

  /** Starts listening and reading; returns the way to stop (fits `$effect`). */
  start(): () => void {
    this.#stop = [
      this.#client.listen('run.progress', (progress) => {
        if (progress.run === this.id) this.#note(progress)
      }),
      this.#client.listen('runs.changed', ({ runs }) => {
        if (runs.some((run) => run.id === this.id)) void this.load()
      }),
    ]
    void this.load()
    return () => {
      this.#stopped = true
      for (const stop of this.#stop) stop()
    }
  }

  /** The trace this run's method draws, if it has one. */
  get traceOutput(): OutputDescription | null {
    const method = this.#methods().find(({ id }) => id === this.record?.method.id)
    return method?.outputs.find((output) => output.meaning === 'trace') ?? null
  }

  async load(): Promise<void> {
    try {
      const [record, progress] = await Promise.all([
        this.#client.request('runs.get', { run: this.id }),
        this.#client.request('runs.progress', { run: this.id }),
      ])
      if (this.#stopped) return
      this.record = record
      this.progress = isFinished(record.state) ? null : (progress ?? this.progress)
      this.problem = null
      await this.#loadTrace()
    } catch (error) {
      if (!this.#stopped) this.problem = sentenceOf(error)
    }
  }

  /** Asks for the end; the page says "cancelling" at once, whatever the host is doing. */
  async cancel(): Promise<void> {
    this.cancelling = true
    try {
      await this.#client.request('runs.cancel', { run: this.id })
    } catch (error) {
      this.cancelling = false
      throw error
    }
  }

  async #loadTrace(): Promise<void> {
    const width = (this.traceOutput?.columns.length ?? 0) + 1
    if (width === 1 || this.record === null || this.record.state === 'queued') return
    this.trace ??= new TraceBuffer(width)
    const { values } = await fetchArray(dataAddress.trace(this.id))
    if (this.#stopped) return
    this.trace.load(values)
    this.traceRevision += 1
  }

  #note(progress: RunProgress): void {
    if (this.finished) return
    this.progress = progress
    const width = (this.traceOutput?.columns.length ?? 0) + 1
    if (progress.rows.length === 0 || width === 1) return
    this.trace ??= new TraceBuffer(width)
    this.trace.append(progress.rows)
    this.traceRevision += 1
  }
}
