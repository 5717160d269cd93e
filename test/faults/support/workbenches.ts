import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect } from 'vitest'
import { createWorkbench } from '../../../src/main/services/create-workbench'
import type { Workbench } from '../../../src/main/services/workbench'
import { nodeJobProcessLauncher } from '../../../src/main/shell/node-job-process'
import { runOwnerSchema } from '../../../src/main/store/run-folders'
import type { ImportChoices } from '../../../src/shared/dataset'
import type { RequestInput, RequestName, RequestOutput } from '../../../src/shared/protocol'
import { requests } from '../../../src/shared/protocol'
import { isFinished, type RunRecord, type RunRequest } from '../../../src/shared/run'
import { built } from './built'

/** A folder with workbenches in it, closed and removed after the tests of a file. */
export class Bench {
  folder = ''
  private readonly open: Workbench[] = []

  constructor() {
    beforeAll(async () => {
      this.folder = await mkdtemp(join(tmpdir(), 'filigree-faults-'))
    })
    afterAll(async () => {
      await Promise.all(this.open.map((workbench) => workbench.close()))
      await rm(this.folder, { recursive: true, force: true })
    })
  }

  path(...names: string[]): string {
    return join(this.folder, ...names)
  }

  async workbench(defaultFolder = this.path('projects')): Promise<TestWorkbench> {
    const workbench = await createWorkbench({
      shell: 'browser',
      version: '0.0.0',
      settingsFolder: this.path('settings'),
      defaultFolder,
      launchJobProcess: nodeJobProcessLauncher(built.solverHost),
    })
    this.open.push(workbench)
    return new TestWorkbench(workbench)
  }
}

/** A workbench whose answers are held against the protocol. */
export class TestWorkbench {
  constructor(readonly workbench: Workbench) {}

  async ask<Name extends RequestName>(name: Name, input: RequestInput<Name>): Promise<RequestOutput<Name>> {
    const output = await this.workbench.request(name, input)
    const checked = requests[name].output.parse(output)
    // What a schema drops or changes would be lost on its way to the window.
    expect(checked).toEqual(output)
    return output
  }

  async openProject(path: string) {
    return this.ask('project.open', { folder: (await this.workbench.grant(path)).handle })
  }

  async createProject(parent: string, name: string) {
    return this.ask('project.create', { folder: (await this.workbench.grant(parent)).handle, name })
  }

  async importFile(path: string, choices: ImportChoices = {}) {
    const { handle } = await this.workbench.grant(path)
    return this.ask('datasets.import', { files: [handle], choices, name: null })
  }

  run(dataset: string, method: string, parameters: Record<string, unknown>, rest: Partial<RunRequest> = {}) {
    return this.ask('runs.start', {
      method,
      inputs: { cube: { type: 'dataset', dataset } },
      parameters,
      ...rest,
    })
  }

  async finished(run: string): Promise<RunRecord> {
    for (;;) {
      const record = await this.ask('runs.get', { run })
      if (isFinished(record.state)) return record
      await new Promise((resolve) => setTimeout(resolve, 20))
    }
  }

  /** Waits until a run has reached an iteration. */
  async iterating(run: string): Promise<void> {
    const reached = Promise.withResolvers<true>()
    const stop = this.workbench.listen((name, payload) => {
      if (name !== 'run.progress') return
      const progress = payload as RequestOutput<'runs.progress'>
      if (progress?.run === run && progress.iteration > 0) reached.resolve(true)
    })
    await reached.promise
    stop()
  }

  /** The process number of the solver of a run that is under way. */
  async solverOf(project: string, run: string): Promise<number> {
    const owner = runOwnerSchema.parse(
      JSON.parse(await readFile(join(project, 'runs', `.${run}`, 'owner.json'), 'utf8')),
    )
    if (owner.solver === null) throw new Error(`Run ${run} has no solver yet.`)
    return owner.solver.pid
  }
}

/** Goes on until it is cancelled. */
export const endless = { endmembers: 8, maxIterations: 1_000_000, tolerance: 0, restarts: 1 }
