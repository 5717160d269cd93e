// Runs one native solver in this process, as the solver host would, and prints its memory as one line of JSON:
//   node solve-and-weigh.mjs '{"solver":"fcls","inputs":[…],"folder":…,"threads":…}'
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { resolve } from 'node:path'

const addon = resolve(import.meta.dirname, '..', '..', 'src', 'native', 'build', 'filigree.node')
const native = createRequire(import.meta.url)(process.env.FILIGREE_NATIVE ?? addon)
const job = JSON.parse(process.argv[2] ?? '{}')

/** A line of /proc/self/status in bytes. */
function status(name) {
  const text = readFileSync('/proc/self/status', 'utf8')
  return 1024 * Number(new RegExp(`^${name}:\\s+(\\d+) kB`, 'm').exec(text)?.[1] ?? Number.NaN)
}

let ownBytes = status('RssAnon')
const watch = setInterval(() => {
  ownBytes = Math.max(ownBytes, status('RssAnon'))
}, 20)
const start = performance.now()
const { figures, iterations } = await native[job.solver](...job.inputs, {
  threads: job.threads,
  seed: 0,
  folder: job.folder,
  onProgress: () => undefined,
  cancelToken: native.createCancelToken(),
})
const seconds = (performance.now() - start) / 1000
clearInterval(watch)
process.stdout.write(JSON.stringify({ peakBytes: status('VmHWM'), ownBytes, seconds, figures, iterations }))
