import type { CurrentProject } from './current-project'
import type { EventBus } from './event-bus'
import type { RunService } from './run-service'

const interval = 1000

/** Notices what other processes (the command line, a second window) do to the open project, and passes it on as events. */
export class OtherProcesses {
  private readonly timer: NodeJS.Timeout
  private seen: { folder: string; version: number } | null = null

  constructor(
    private readonly project: CurrentProject,
    private readonly runs: RunService,
    private readonly events: EventBus,
  ) {
    this.timer = setInterval(() => {
      try {
        this.look()
      } catch {
        // The disk may be gone: whoever asks for something is told, a clock that ticks every second is not the one to tell.
      }
    }, interval)
    this.timer.unref()
  }

  stop(): void {
    clearInterval(this.timer)
  }

  private look(): void {
    const store = this.project.get()
    if (store === null) return
    const { folder } = store.paths
    const version = store.versionByOthers()
    const changed = this.seen?.folder === folder && this.seen.version !== version
    this.seen = { folder, version }
    if (!changed) return
    this.runs.announce()
    this.events.emit('datasets.changed', null)
    this.events.emit('reports.changed', null)
  }
}
