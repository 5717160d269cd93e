import { mkdir } from 'node:fs/promises'
import { availableParallelism } from 'node:os'
import type { FileEntry } from '../../shared/project'
import { requests, type RequestInput, type RequestName, type RequestOutput } from '../../shared/protocol'
import type { Environment } from '../../shared/run'
import { toFiligreeError } from '../../shared/system-failure'
import { ReadyHost } from '../solver-host/ready-host'
import { CurrentProject } from './current-project'
import { DataHandler } from './data-handler'
import { DatasetService } from './dataset-service'
import { EventBus } from './event-bus'
import { FileHandles } from './file-handles'
import { FileService } from './file-service'
import { MatrixData } from './matrix-data'
import { OtherProcesses } from './other-processes'
import { ProjectService } from './project-service'
import { ReportService } from './report-service'
import { requestHandlers, type RequestHandlers } from './request-handlers'
import { RunService } from './run-service'
import { TaskList } from './task-list'
import { UploadService } from './upload-service'
import type { Workbench, WorkbenchListener, WorkbenchOptions } from './workbench'

/** Puts the services together: the app without a window. */
export function createWorkbench(options: WorkbenchOptions): Promise<Workbench> {
  return Promise.resolve(assemble(options))
}

function assemble(options: WorkbenchOptions): Workbench {
  const events = new EventBus()
  const files = new FileHandles()
  const project = new CurrentProject()
  // A command runs a job or two and ends; a window is looked at.
  const ready = options.shell === 'cli' ? null : new ReadyHost(options.launchJobProcess)
  const launch = ready?.launch ?? options.launchJobProcess
  const tasks = new TaskList(launch, events)
  const datasets = new DatasetService(project, tasks, events)
  const runs = new RunService(project, datasets, events, {
    launch,
    version: options.version,
  })
  const reports = new ReportService(project, runs, datasets, tasks, events)
  const projects = new ProjectService(options, project, files, datasets, runs, tasks, events)
  const uploads = options.shell === 'browser' ? new UploadService(project, files) : null
  const data = new DataHandler(datasets, runs, reports, uploads, new MatrixData(tasks))
  const fileService = new FileService(files, options.defaultFolder)
  let environment: Environment | null = null
  const handlers = requestHandlers({
    ...{ files, fileService, projects, datasets, runs, reports, tasks },
    appInfo: async () => ({
      version: options.version,
      // The command line has no window; it looks at the app as the browser does.
      shell: options.shell === 'electron' ? 'electron' : 'browser',
      environment,
      cores: availableParallelism(),
      defaultFolder: await grantedFolder(files, options.defaultFolder),
      defaultFolderPath: options.defaultFolder,
    }),
  })
  const others = options.shell === 'cli' ? null : new OtherProcesses(project, runs, events)
  if (options.shell !== 'cli') {
    // Said once it is known: asking the addon takes a process, and the window must not wait for that.
    void tasks
      .runQuietly('environment', { version: options.version })
      .then((found) => (environment = found))
      .catch((error: unknown) => {
        const { code, message } = toFiligreeError(error)
        if (code !== 'cancelled') events.emit('notice', { level: 'error', message })
      })
  }
  return {
    request: (name, input) => answer(handlers, name, input),
    listen: (listener: WorkbenchListener) => events.listen(listener),
    handleData: (request) => data.handle(request),
    grant: (path) => files.grant(path),
    pathOf: ({ kind, id }) => {
      if (kind === 'report') return reports.path(id)
      return kind === 'run' ? runs.folder(id) : datasets.folder(id)
    },
    activeRuns: () => runs.activeCount(),
    close: async () => {
      others?.stop()
      ready?.close()
      await projects.shutDown()
    },
  }
}

/** Input from outside is believed only as far as its schema goes; what a handler throws leaves as a `FiligreeError`. */
async function answer<Name extends RequestName>(
  handlers: RequestHandlers,
  name: Name,
  input: RequestInput<Name>,
): Promise<RequestOutput<Name>> {
  try {
    const checked = requests[name].input.parse(input) as Parameters<RequestHandlers[Name]>[0]
    return await handlers[name](checked as never)
  } catch (error) {
    throw toFiligreeError(error)
  }
}

/** Made when it is first asked for, because a person is then about to put a project there. */
async function grantedFolder(files: FileHandles, folder: string): Promise<FileEntry> {
  await mkdir(folder, { recursive: true }).catch(() => undefined)
  return files.grant(folder).catch(() => ({
    handle: files.handleFor(folder),
    name: folder,
    kind: 'folder' as const,
    bytes: null,
    modifiedAt: null,
    project: false,
  }))
}
