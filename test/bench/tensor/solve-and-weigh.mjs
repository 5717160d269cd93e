// Runs one sparse Tucker in this process, as the solver host would, and prints its memory as one line of JSON:
//   node solve-and-weigh.mjs '{"input":…,"params":…,"folder":…,"threads":…}'
import { createRequire } from 'node:module'
import { resolve } from 'node:path'

const addon = resolve(import.meta.dirname, '..', '..', '..', 'src', 'native', 'build', 'filigree.node')
const native = createRequire(import.meta.url)(process.env.FILIGREE_NATIVE ?? addon)
const job = JSON.parse(process.argv[2] ?? '{}')
const start = performance.now()
const { figures, iterations, peakMemoryBytes } = await native.sparseTucker(job.input, job.params, {
  threads: job.threads,
  seed: 0,
  folder: job.folder,
  onProgress: () => undefined,
  cancelToken: native.createCancelToken(),
})
const seconds = (performance.now() - start) / 1000
process.stdout.write(JSON.stringify({ figures, iterations, peakMemoryBytes, seconds }))
