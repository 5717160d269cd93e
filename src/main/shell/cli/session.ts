import { existsSync } from 'node:fs'
import { mkdir, readdir } from 'node:fs/promises'
import { basename, dirname, join, resolve } from 'node:path'
import { FiligreeError } from '../../../shared/failure'
import { createWorkbench } from '../../services/create-workbench'
import type { Workbench } from '../../services/workbench'
import { isProject } from '../../store/project-store'
import { toFiligreeError } from '../../../shared/system-failure'
import { defaultProjectsFolder, settingsFolder } from '../folders'
import { nodeJobProcessLauncher } from '../node-job-process'
import { version } from '../version'
import type { Output } from './output'

/** Name of the project that is used where nobody named one and the current folder is none. */
const defaultProjectName = 'Default'

/** Does something with a workbench and closes it, whatever happens; Ctrl+C ends its jobs first. */
export async function withWorkbench(action: (workbench: Workbench) => Promise<void>): Promise<void> {
  const workbench = await createWorkbench({
    shell: 'cli',
    version,
    settingsFolder: settingsFolder(),
    defaultFolder: defaultProjectsFolder(),
    launchJobProcess: nodeJobProcessLauncher(),
  })
  const interruption = Promise.withResolvers<never>()
  const interrupt = () => {
    process.once('SIGINT', () => process.exit(130))
    interruption.reject(new FiligreeError('cancelled', 'Cancelled.'))
  }
  for (const signal of stopSignals) process.once(signal, interrupt)
  try {
    await Promise.race([action(workbench), interruption.promise])
  } finally {
    await workbench.close()
    for (const signal of stopSignals) process.off(signal, interrupt)
  }
}

const stopSignals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const

export interface ProjectChoice {
  project?: string
}

/**
 * Opens the named project, else the one in the current folder, else the default one; the last two ways of making
 * one are said. With `create` a named project that does not exist is made.
 */
export async function openChosenProject(
  workbench: Workbench,
  { project }: ProjectChoice,
  output: Output,
  create: boolean,
): Promise<void> {
  const folder = project === undefined ? implicitProject(output) : resolve(project)
  if (!isProject(folder) && (create || project === undefined) && (await isFree(folder))) {
    await createProjectAt(workbench, folder)
    output.note(`Made the project ${folder}`)
    return
  }
  const { handle } = await workbench.grant(folder)
  const info = await workbench.request('project.open', { folder: handle })
  for (const note of info.notes) output.note(note)
}

/** Makes a project in a folder that does not exist yet, or is empty. */
export async function createProjectAt(workbench: Workbench, folder: string): Promise<string> {
  const parent = dirname(folder)
  await mkdir(parent, { recursive: true }).catch((error: unknown) => {
    throw toFiligreeError(error, parent)
  })
  const { handle } = await workbench.grant(parent)
  const info = await workbench.request('project.create', { folder: handle, name: basename(folder) })
  return info.folder
}

function implicitProject(output: Output): string {
  if (isProject(process.cwd())) return process.cwd()
  const folder = join(defaultProjectsFolder(), defaultProjectName)
  output.note(`Using the project ${folder} (choose another with --project)`)
  return folder
}

async function isFree(folder: string): Promise<boolean> {
  if (!existsSync(folder)) return true
  return (await readdir(folder).catch(() => ['?'])).length === 0
}
