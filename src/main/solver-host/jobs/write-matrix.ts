import { callNative } from '../../methods/native'
import { stageProgress, type JobContext } from '../job-context'
import type { JobInput } from '../messages'

/** Writes one system of a matrix dataset as a Matrix Market file. */
export async function writeMatrixJob(
  { folder, file, system, index, comment, threads }: JobInput<'write-matrix'>,
  context: JobContext,
): Promise<null> {
  await callNative(
    {
      ...{ folder, threads, signal: context.signal },
      seed: 0,
      onProgress: ({ stage, fraction }) => context.onProgress(stageProgress(stage, fraction)),
    },
    (native, nativeContext) => native.writeMatrixMarket(system, index, comment, file, nativeContext),
  )
  context.signal.throwIfAborted()
  return null
}
