import type { Method, SolveResult } from '../../../shared/method'
import type { RunRecord } from '../../../shared/run'
import { findMethod } from '../../methods'
import { scoreRun } from '../score-run'
import { ProjectPaths } from '../../store/project-paths'
import { finishRunFolder, readRunRequest, removeUnnamedArrays } from '../../store/run-folders'
import { toFiligreeError } from '../../../shared/system-failure'
import { describeArtifacts } from '../artifacts'
import { readEnvironment } from '../environment'
import { stageProgress, type JobContext } from '../job-context'
import type { JobInput, JobProgress } from '../messages'
import { resolveInputs } from '../resolve-inputs'
import { TraceFiles } from '../trace-files'

/**
 * Runs a queued run and gives its folder its place. However the solver ends, the answer is the finished record;
 * it throws only where not even that could be written.
 */
export async function solveJob(
  { project, run, version }: JobInput<'solve'>,
  context: JobContext,
): Promise<RunRecord> {
  const paths = new ProjectPaths(project)
  const request = await readRunRequest(paths, run)
  const started: RunRecord = { ...request, state: 'running', startedAt: new Date().toISOString() }
  const folder = paths.runWork(run)
  const record = await solve(paths, started, version, context).catch((error: unknown) =>
    failedRecord(started, error, context.signal),
  )
  const finished: RunRecord = { ...record, finishedAt: new Date().toISOString() }
  // First of all: a full disk has room for the record only once the arrays nobody will name are gone.
  await removeUnnamedArrays(folder, finished.artifacts)
  await finishRunFolder(paths, finished)
  return finished
}

async function solve(
  paths: ProjectPaths,
  record: RunRecord,
  version: string,
  context: JobContext,
): Promise<RunRecord> {
  const folder = paths.runWork(record.id)
  const method = findMethod(record.method.id)
  // A disk that is full stops the solver: going on would only lose the rest as well.
  const broken = new AbortController()
  const files = await TraceFiles.open(folder, traceColumns(method), (error) => broken.abort(error))
  const signal = AbortSignal.any([context.signal, broken.signal])
  try {
    files.log(`${method.description.title}, version ${method.description.version}`)
    const { values, dataset } = await resolveInputs(
      paths,
      method.description,
      Object.fromEntries(Object.entries(record.inputs).map(([name, { reference }]) => [name, reference])),
    )
    method.check(values, record.parameters)
    const result = await method.solve(values, record.parameters, {
      seed: record.seed,
      threads: record.threads,
      folder,
      onProgress: recordProgress(files, context),
      signal,
    })
    broken.signal.throwIfAborted()
    // A solver that is stopped between two iterations leaves the last one's arrays: they are worth a look.
    if (result.stopReason === 'cancelled' && result.artifacts.length === 0) context.signal.throwIfAborted()
    context.onProgress(stageProgress('Writing results', null))
    const artifacts = await describeArtifacts(folder, method.description, result.artifacts, record.threads)
    const environment = readEnvironment(version)
    const solved = { ...record, ...outcome(result), artifacts, environment }
    const { scoreCard, warnings } = await scoreRun({ paths, record: solved, dataset })
    files.log(result.stopMessage)
    for (const warning of [...result.warnings, ...warnings]) files.log(`Warning: ${warning}`)
    await files.close()
    return { ...solved, scoreCard, warnings: [...solved.warnings, ...warnings] }
  } catch (error) {
    const cause: unknown = broken.signal.aborted ? broken.signal.reason : error
    files.log(toFiligreeError(cause).message)
    // What the files themselves have to complain of is the cause already, or matters less than it.
    await files.close().catch(() => undefined)
    throw cause
  }
}

function traceColumns(method: Method): string[] | null {
  const trace = method.description.outputs.find(({ meaning }) => meaning === 'trace')
  return trace === undefined ? null : trace.columns.map(({ name }) => name)
}

function recordProgress(files: TraceFiles, context: JobContext): (progress: JobProgress) => void {
  const start = performance.now()
  let stage = ''
  return (progress) => {
    if (progress.stage !== stage) files.log(progress.stage)
    stage = progress.stage
    files.rows(progress.rows)
    files.time(progress.iteration, (performance.now() - start) / 1000)
    context.onProgress(progress)
  }
}

function outcome(result: SolveResult): Partial<RunRecord> & Pick<RunRecord, 'state' | 'warnings'> {
  // JSON has no word for NaN or infinity: a figure that is no number is left out.
  const figures = Object.fromEntries(
    Object.entries(result.figures).filter(([, value]) => Number.isFinite(value)),
  )
  const { iterations, stopReason, stopMessage, setupSeconds, iterationSeconds, warnings } = result
  const { notes = [], proposals = [] } = result
  // The solver counts its own arrays; what the process took besides them is memory all the same.
  const peakMemoryBytes = Math.max(result.peakMemoryBytes, process.resourceUsage().maxRSS * 1024)
  return {
    state: stopReason === 'cancelled' ? 'cancelled' : 'succeeded',
    ...{ iterations, stopReason, stopMessage, figures, setupSeconds, iterationSeconds, warnings },
    ...{ notes, proposals },
    peakMemoryBytes,
  }
}

function failedRecord(record: RunRecord, cause: unknown, signal: AbortSignal): RunRecord {
  if (signal.aborted) {
    return { ...record, state: 'cancelled', stopReason: 'cancelled', stopMessage: 'Cancelled on request.' }
  }
  return { ...record, state: 'failed', failure: toFiligreeError(cause).toFailure() }
}
