import { callNative } from '../../methods/native'
import { stageProgress, type JobContext } from '../job-context'
import type { JobInput, JobOutput } from '../messages'

/** Counts the entries of a window of a matrix; what it writes lies in the folder it is given. */
export async function lookJob(
  { folder, system, window, threads }: JobInput<'look'>,
  context: JobContext,
): Promise<JobOutput<'look'>> {
  const { figures, files } = await callNative(
    {
      ...{ folder, threads, signal: context.signal },
      seed: 0,
      onProgress: ({ stage, fraction }) => context.onProgress(stageProgress(stage, fraction)),
    },
    (native, nativeContext) => native.lookAtPattern(system, window, nativeContext),
  )
  return { entries: figures['entries'] ?? 0, files }
}
