import type { z } from 'zod'
import type { requests, RequestName, RequestOutput } from '../../shared/protocol'
import { methods } from '../methods'
import type { DatasetService } from './dataset-service'
import type { FileHandles } from './file-handles'
import type { FileService } from './file-service'
import type { ProjectService } from './project-service'
import type { ReportService } from './report-service'
import type { RunService } from './run-service'
import type { TaskList } from './task-list'

export interface Services {
  files: FileHandles
  fileService: FileService
  projects: ProjectService
  datasets: DatasetService
  runs: RunService
  reports: ReportService
  tasks: TaskList
  appInfo: () => Promise<RequestOutput<'app.info'>>
}

/** A handler is given input its schema has passed; renderer and service never see each other's words. */
export type RequestHandlers = {
  [Name in RequestName]: (
    input: z.output<(typeof requests)[Name]['input']>,
  ) => RequestOutput<Name> | Promise<RequestOutput<Name>>
}

const done = (): null => null

/** Who answers what. */
export function requestHandlers(services: Services): RequestHandlers {
  const { files, fileService, projects, datasets, runs, reports, tasks, appInfo } = services
  const paths = (handles: readonly string[]) => handles.map((handle) => files.resolve(handle))
  return {
    'app.info': appInfo,
    'methods.list': () => methods.map(({ description }) => description),

    'project.current': () => projects.current(),
    'project.recent': () => projects.recent(),
    'project.forget': ({ handle }) => projects.forget(handle),
    'project.create': ({ folder, name }) => projects.create(files.resolve(folder), name),
    'project.open': ({ folder }) => projects.open(files.resolve(folder)),
    'project.close': () => projects.close().then(done),
    'project.trySample': () => projects.trySample(),

    'files.places': () => fileService.places(),
    'files.list': ({ folder }) => fileService.list(folder),
    'files.locate': ({ path }) => fileService.locate(path),
    'files.makeFolder': ({ folder, name }) => fileService.makeFolder(folder, name),

    'datasets.list': () => datasets.list(),
    'datasets.get': ({ dataset }) => datasets.get(dataset),
    'datasets.preview': (input) => datasets.preview(paths(input.files), input.choices),
    'datasets.import': (input) => datasets.import(paths(input.files), input.choices, input.name),
    'datasets.generate': (request) => datasets.generate(request),
    'datasets.attachTruth': ({ dataset, file, choices }) =>
      datasets.attachTruth(dataset, files.resolve(file), choices),
    'datasets.editAxes': ({ dataset, axes }) => datasets.editAxes(dataset, axes),
    'datasets.editRoles': ({ dataset, roles }) => datasets.editRoles(dataset, roles),
    'datasets.findings': ({ dataset }) => datasets.findings(dataset),
    'datasets.rename': ({ dataset, name }) => datasets.rename(dataset, name),
    'datasets.delete': ({ dataset }) => datasets.delete(dataset).then(done),
    'datasets.restore': ({ dataset }) => datasets.restore(dataset),

    'runs.start': (request) => runs.start(request),
    'runs.import': ({ file }) => runs.import(files.resolve(file)),
    'runs.list': (query) => runs.list(query),
    'runs.get': ({ run }) => runs.get(run),
    'runs.progress': ({ run }) => runs.progress(run),
    'runs.cancel': ({ run }) => runs.cancel(run).then(done),
    'runs.delete': ({ run }) => runs.delete(run).then(done),
    'runs.restore': ({ run }) => runs.restore(run),
    'runs.log': ({ run }) => runs.log(run),
    'runs.command': ({ run }) => runs.command(run),

    'reports.list': () => reports.list(),
    'reports.create': (input) => reports.create(input.runs, input.title),
    'reports.delete': ({ report }) => reports.delete(report).then(done),
    'reports.restore': ({ report }) => reports.restore(report),

    'tasks.list': () => tasks.list(),
    'tasks.cancel': ({ task }) => {
      tasks.cancel(task)
      return null
    },
  }
}
