import { FiligreeError } from '../../shared/failure'
import { toFailure } from '../../shared/system-failure'
import { loadNative } from '../methods/native'
import { openChannel } from './channel'
import type { JobContext } from './job-context'
import { attachTruthJob } from './jobs/attach-truth'
import { environmentJob } from './jobs/environment'
import { generateJob } from './jobs/generate'
import { hashJob } from './jobs/hash'
import { importJob } from './jobs/import'
import { lookJob } from './jobs/look'
import { previewJob } from './jobs/preview'
import { reportJob } from './jobs/report'
import { solveJob } from './jobs/solve'
import { writeMatrixJob } from './jobs/write-matrix'
import {
  jobCommandSchema,
  jobs,
  type JobCommand,
  type JobInput,
  type JobKind,
  type JobOutput,
  type JobReport,
} from './messages'
import { ProgressThrottle } from './progress-throttle'

/**
 * The entry of the solver host: a process of its own that runs one job, so that a crash, a full memory or a
 * kill takes that job only. The workbench ends it when the job is done; it ends itself when the workbench goes.
 */
const runners: {
  [Kind in JobKind]: (input: JobInput<Kind>, context: JobContext) => Promise<JobOutput<Kind>>
} = {
  'environment': environmentJob,
  'preview': previewJob,
  'import': importJob,
  'generate': generateJob,
  'attach-truth': attachTruthJob,
  'solve': solveJob,
  'report': reportJob,
  'hash': hashJob,
  'look': lookJob,
  'write-matrix': writeMatrixJob,
}

const channel = openChannel()
const abort = new AbortController()
const report = (message: JobReport) => channel.send(message)
const throttle = new ProgressThrottle((progress) => report({ type: 'progress', progress }))

// A clean exit would wait for solver threads that know nothing of it; what is written is safe at any moment.
channel.onClose(() => process.kill(process.pid, 'SIGKILL'))

// A process that waits for its job has the addon ready. Where it can not be loaded, the job that needs it says so.
setTimeout(() => {
  try {
    loadNative()
  } catch {
    // Said by the job.
  }
}, 50)

channel.onMessage((message) => {
  const command = jobCommandSchema.parse(message)
  if (command.type === 'cancel') abort.abort()
  else void run(command)
})

async function run({ kind, input }: Extract<JobCommand, { type: 'start' }>): Promise<void> {
  try {
    const output = await runJob(kind, input)
    throttle.flush()
    report({ type: 'result', output })
  } catch (error) {
    throttle.flush()
    const cause = abort.signal.aborted ? cancelled() : error
    report({ type: 'failure', failure: toFailure(cause) })
  }
}

function runJob<Kind extends JobKind>(kind: Kind, input: unknown): Promise<JobOutput<Kind>> {
  const checked = jobs[kind].input.parse(input) as JobInput<Kind>
  return runners[kind](checked, { onProgress: (progress) => throttle.add(progress), signal: abort.signal })
}

function cancelled(): FiligreeError {
  return new FiligreeError('cancelled', 'It was cancelled.')
}
