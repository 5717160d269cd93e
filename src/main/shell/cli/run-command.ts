import { cp, readdir } from 'node:fs/promises'
import { resolve } from 'node:path'
import { exitCodes, FiligreeError } from '../../../shared/failure'
import { isFinished, type RunRecord, type RunState } from '../../../shared/run'
import { findMethod } from '../../methods'
import type { Workbench } from '../../services/workbench'
import { toFiligreeError } from '../../../shared/system-failure'
import type { Output } from './output'
import { showProgress } from './progress-line'
import { runText } from './run-text'
import { requireFiles, sceneFor, type SceneOptions } from './scene'
import { openChosenProject, withWorkbench, type ProjectChoice } from './session'
import { inputsOf, parametersOf } from './values'

export interface RunOptions extends SceneOptions, ProjectChoice {
  method: string
  set: string[]
  input: string[]
  seed: number
  threads?: number
  out?: string
}

/** `filigree run`: imports where needed, runs, prints the score card. Returns the exit code. */
export async function runCommand(scene: string, options: RunOptions, output: Output): Promise<number> {
  const method = findMethod(options.method)
  const parameters = parametersOf(method.description, options.set)
  // Ids of datasets hold neither a dot nor a slash.
  if (/[./\\]/.test(scene)) await requireFiles([scene])
  if (options.out !== undefined) await refuseFilled(options.out)
  let code = 0
  await withWorkbench(async (workbench) => {
    await openChosenProject(workbench, options, output, true)
    const stopProgress = showProgress(workbench)
    try {
      const dataset = await sceneFor(workbench, scene, options, output)
      const record = await workbench.request('runs.start', {
        method: options.method,
        inputs: {
          [method.description.inputs[0]?.name ?? 'cube']: { type: 'dataset', dataset: dataset.id },
          ...inputsOf(options.input, dataset.id),
        },
        parameters,
        seed: options.seed,
        ...(options.threads === undefined ? {} : { threads: options.threads }),
      })
      const finished = await finish(workbench, record.id)
      stopProgress()
      code = await tell(workbench, finished, options, output)
    } finally {
      stopProgress()
    }
  })
  return code
}

/** Waits for the end of a run. Ctrl+C asks it to stop and lets it be written down as cancelled. */
async function finish(workbench: Workbench, run: string): Promise<RunRecord> {
  const ended = Promise.withResolvers<RunState>()
  const stop = workbench.listen((name, payload) => {
    if (name !== 'runs.changed') return
    const { runs } = payload as Extract<typeof payload, { runs: unknown }>
    const state = runs.find(({ id }) => id === run)?.state
    if (state !== undefined && isFinished(state)) ended.resolve(state)
  })
  const now = await workbench.request('runs.get', { run })
  if (isFinished(now.state)) ended.resolve(now.state)
  await ended.promise
  stop()
  return workbench.request('runs.get', { run })
}

async function tell(
  workbench: Workbench,
  record: RunRecord,
  { out }: RunOptions,
  output: Output,
): Promise<number> {
  const folder = workbench.pathOf({ kind: 'run', id: record.id })
  if (out !== undefined && record.state === 'succeeded') {
    await cp(folder, resolve(out), { recursive: true }).catch((error: unknown) => {
      throw toFiligreeError(error, out)
    })
  }
  output.result(record, () => runText(record, out === undefined ? folder : resolve(out)))
  if (record.failure !== null) output.note(record.failure.message)
  if (record.state === 'cancelled') return exitCodes.cancelled
  return record.failure === null ? 0 : exitCodes[record.failure.code]
}

async function refuseFilled(out: string): Promise<void> {
  const names = await readdir(out).catch(() => [])
  if (names.length === 0) return
  throw new FiligreeError(
    'invalid-parameter',
    `The folder ${resolve(out)} is not empty. Name another one with --out.`,
  )
}
