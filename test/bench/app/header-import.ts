import { mkdir, open, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { enviImporter } from '../../../src/main/formats/envi'
import { median } from '../../measurement/statistics'
import { bounded, seconds, secondsOf, type Benchmark } from '../benchmark'

const lines = 5000
const samples = 2500
const bands = 200
const bytes = lines * samples * bands * 4

/** Importing an ENVI file reads its header and maps the rest: the size of the data must not show. */
export const headerImport: Benchmark = {
  name: `Import of an ENVI file of ${bytes / 1e9} GB (sparse on disk)`,
  peers: [],
  missing: () => null,
  async measure(workspace) {
    const data = join(workspace.folder, 'large.img')
    const file = await open(data, 'w')
    await file.truncate(bytes)
    await file.close()
    const header = join(workspace.folder, 'large.hdr')
    await writeFile(
      header,
      `ENVI\nsamples = ${samples}\nlines = ${lines}\nbands = ${bands}\nheader offset = 0\ndata type = 4\ninterleave = bsq\nbyte order = 0\n`,
    )
    const times: number[] = []
    const locations = new Set<string>()
    for (let round = 0; round < 7; round += 1) {
      const folder = join(workspace.folder, `dataset-${round}`)
      await mkdir(folder)
      const context = { folder, onProgress: () => undefined, signal: new AbortController().signal }
      times.push(
        await secondsOf(async () => {
          const { array } = await enviImporter.import([header], {}, context)
          locations.add(array.location)
        }),
      )
    }
    return [
      bounded('time, median of seven', median(times), 0.1, seconds, { ours: times }),
      bounded('copies made of the data', locations.has('project') ? 1 : 0, 0, String),
    ]
  },
}
