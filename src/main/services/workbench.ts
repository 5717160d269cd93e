import type { FileEntry } from '../../shared/project'
import type { EventName, EventPayload, RequestInput, RequestName, RequestOutput } from '../../shared/protocol'
import type { JobProcess, JobProcessLauncher } from '../solver-host/job-process'

export type { JobProcess, JobProcessLauncher }

export interface WorkbenchOptions {
  shell: 'electron' | 'browser' | 'cli'
  version: string
  /** Recent projects and preferences; made when missing. */
  settingsFolder: string
  /** Parent of projects whose place nobody chose. */
  defaultFolder: string
  launchJobProcess: JobProcessLauncher
}

export type WorkbenchListener = <Name extends EventName>(name: Name, payload: EventPayload<Name>) => void

/**
 * The app without a window. Shells pass messages in and out and add nothing of their own.
 * Requests are validated here, on the receiving side, by the protocol's schemas.
 */
export interface Workbench {
  request<Name extends RequestName>(name: Name, input: RequestInput<Name>): Promise<RequestOutput<Name>>
  /** Returns the way to stop listening. */
  listen(listener: WorkbenchListener): () => void
  /** Answers the addresses of `src/shared/data-address.ts`; 404 for anything else. */
  handleData(request: Request): Promise<Response>
  /** Makes a handle for a path that a trusted side names: the command line, a native dialog, a dropped file. */
  grant(path: string): Promise<FileEntry>
  /** The path behind a report, run or dataset of the open project, for "reveal in folder". */
  pathOf(what: { kind: 'report' | 'run' | 'dataset'; id: string }): string
  /** Runs that would be lost by leaving now. */
  activeRuns(): number
  /** Ends jobs (their runs become cancelled), closes the project. */
  close(): Promise<void>
}
