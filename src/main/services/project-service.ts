import { existsSync } from 'node:fs'
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import type { Dataset } from '../../shared/dataset'
import { FiligreeError } from '../../shared/failure'
import type { ProjectInfo, RecentProject } from '../../shared/project'
import { createProject, openProject } from '../store/project-store'
import { RecentProjects } from '../store/recent-projects'
import { toFiligreeError } from '../../shared/system-failure'
import type { CurrentProject } from './current-project'
import type { DatasetService } from './dataset-service'
import type { EventBus } from './event-bus'
import type { FileHandles } from './file-handles'
import { checkedName } from './file-service'
import type { RunService } from './run-service'
import type { TaskList } from './task-list'
import type { WorkbenchOptions } from './workbench'

/** With this seed the noise makes no value negative, so that every method takes the sample as it is. */
const sampleSeed = 2

/** Projects: made, opened, closed, and remembered. */
export class ProjectService {
  private readonly recentProjects: RecentProjects
  /** Opening and closing follow one another, however fast they are asked for. */
  private turn: Promise<unknown> = Promise.resolve()

  constructor(
    private readonly options: WorkbenchOptions,
    private readonly project: CurrentProject,
    private readonly files: FileHandles,
    private readonly datasets: DatasetService,
    private readonly runs: RunService,
    private readonly tasks: TaskList,
    private readonly events: EventBus,
  ) {
    this.recentProjects = new RecentProjects(options.settingsFolder)
  }

  current(): ProjectInfo | null {
    return this.project.get()?.info() ?? null
  }

  async recent(): Promise<RecentProject[]> {
    const folders = await this.recentProjects.list()
    return folders.map(({ folder, ...rest }) => ({ handle: this.files.handleFor(folder), folder, ...rest }))
  }

  async forget(handle: string): Promise<RecentProject[]> {
    await this.recentProjects.forget(this.files.resolve(handle))
    return this.recent()
  }

  create(parent: string, name: string): Promise<ProjectInfo> {
    return this.inTurn(async () => {
      this.refuseWhileRunning()
      const folder = join(parent, checkedName(name))
      await createProject(folder)
      return this.replace(folder)
    })
  }

  open(folder: string): Promise<ProjectInfo> {
    return this.inTurn(async () => {
      this.refuseWhileRunning()
      return this.replace(folder)
    })
  }

  close(): Promise<void> {
    return this.inTurn(async () => {
      this.refuseWhileRunning()
      await this.leave()
      this.events.emit('project.changed', null)
    })
  }

  /** Ends everything, whatever is under way. */
  shutDown(): Promise<void> {
    return this.inTurn(() => this.leave())
  }

  /** A project of its own for the sample: nothing that exists is touched. */
  async trySample(): Promise<{ project: ProjectInfo; dataset: Dataset }> {
    const { defaultFolder } = this.options
    await mkdir(defaultFolder, { recursive: true }).catch((error: unknown) => {
      throw toFiligreeError(error, defaultFolder)
    })
    await this.create(defaultFolder, freeName(defaultFolder, 'Sample'))
    const dataset = await this.datasets.generate({
      ...{ generator: 'synthetic-scene', inputs: {}, parameters: {}, seed: sampleSeed },
      name: 'Synthetic scene',
    })
    return { project: this.project.require().info(), dataset }
  }

  private async replace(folder: string): Promise<ProjectInfo> {
    const store = await openProject(folder, { takeOverQueue: this.options.shell !== 'cli' })
    await this.leave()
    this.project.set(store)
    this.runs.begin(store)
    this.datasets.begin(store)
    await this.recentProjects.remember(store.paths.folder)
    const info = store.info()
    this.events.emit('project.changed', info)
    return info
  }

  private async leave(): Promise<void> {
    const store = this.project.get()
    await this.runs.end()
    await this.tasks.cancelAll()
    await this.datasets.end()
    this.project.set(null)
    store?.close()
  }

  private refuseWhileRunning(): void {
    const count = this.runs.activeCount()
    if (count === 0) return
    const what = count === 1 ? 'A run is' : `${count} runs are`
    throw new FiligreeError(
      'busy',
      `${what} under way in this project. Wait until it is done, or cancel it, before you leave.`,
    )
  }

  private inTurn<Result>(action: () => Promise<Result>): Promise<Result> {
    const result = this.turn.then(action)
    this.turn = result.catch(() => undefined)
    return result
  }
}

function freeName(folder: string, name: string): string {
  for (let count = 1; ; count += 1) {
    const candidate = count === 1 ? name : `${name} ${count}`
    if (!existsSync(join(folder, candidate))) return candidate
  }
}
