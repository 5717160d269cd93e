import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { createWorkbench } from '../../../src/main/services/create-workbench'
import type { Workbench } from '../../../src/main/services/workbench'
import { createProject } from '../../../src/main/store/project-store'
import type { RunRecord } from '../../../src/shared/run'
import { median } from '../../measurement/statistics'
import type { Workspace } from '../../measurement/workspace'
import { bounded, seconds, secondsOf, type Benchmark, type Measurement } from '../benchmark'

const count = 10_000
const bound = 0.2
const rounds = 5

/** A project of 10,000 finished runs: what a year of sweeps leaves. */
export const manyRuns: Benchmark = {
  name: `A project of ${count} runs, through the requests the window sends`,
  peers: [],
  missing: () => null,
  async measure(workspace) {
    const folder = await makeProject(workspace)
    const workbench = await createWorkbench({
      shell: 'cli',
      version: '0.1.0',
      settingsFolder: join(workspace.folder, 'settings'),
      defaultFolder: workspace.folder,
      launchJobProcess: () => {
        throw new Error('Nothing is to be run here.')
      },
    })
    try {
      return await measureProject(workbench, folder)
    } finally {
      await workbench.close()
    }
  },
}

async function measureProject(workbench: Workbench, folder: string): Promise<Measurement[]> {
  const { handle } = await workbench.grant(folder)
  const open = () => workbench.request('project.open', { folder: handle })
  const first = await secondsOf(open)
  const list = (query: string, sort: string) =>
    workbench.request('runs.list', { query, sort, descending: true, offset: 0, limit: 200 })
  const everything = await list('', 'number')
  if (everything.total !== count) throw new Error(`${everything.total} runs were indexed of ${count}.`)
  const openTimes: number[] = []
  for (let round = 0; round < rounds; round += 1) {
    await workbench.request('project.close', null)
    openTimes.push(await secondsOf(open))
  }
  const timed = async (name: string, work: () => Promise<unknown>): Promise<Measurement> => {
    const times: number[] = []
    for (let round = 0; round < rounds; round += 1) times.push(await secondsOf(work))
    return bounded(name, median(times), bound, seconds, { ours: times })
  }
  return [
    bounded('build its index from the folders, once', first, null, seconds),
    bounded('open', median(openTimes), bound, seconds, { ours: openTimes }),
    await timed('filter by state and method', () => list('state:succeeded method:fcls', 'number')),
    await timed('sort by a metric', () => list('', 'sad')),
    await timed('search for text', () => list('"samson" OR water', 'number')),
  ]
}

async function makeProject(workspace: Workspace): Promise<string> {
  const folder = join(workspace.folder, 'many')
  await createProject(folder)
  for (let number = 1; number <= count; number += 1) {
    const record = recordOf(number)
    const runFolder = join(folder, 'runs', record.id)
    await mkdir(runFolder)
    await writeFile(join(runFolder, 'run.json'), JSON.stringify(record))
  }
  return folder
}

function recordOf(number: number): RunRecord {
  const method = number % 3 === 0 ? 'fcls' : 'ss-nmf'
  const time = new Date(1_767_225_600_000 + number * 60_000).toISOString()
  const failed = number % 17 === 0
  return {
    schema: 1,
    id: `${String(number).padStart(4, '0')}-${method}`,
    number,
    method: { id: method, version: 1, title: method, family: 'unmixing' },
    parameters: {
      endmembers: 2 + (number % 7),
      graphWeight: (number % 100) / 100,
      normalisation: 'unit-length',
    },
    inputs: {
      cube: { reference: { type: 'dataset', dataset: 'samson' }, title: 'Samson', sha256: 'a'.repeat(64) },
    },
    seed: number,
    threads: 2,
    state: failed ? 'failed' : 'succeeded',
    createdAt: time,
    startedAt: time,
    finishedAt: time,
    setupSeconds: 0.5,
    iterationSeconds: (number * 7919) % 100,
    iterations: 100,
    peakMemoryBytes: 1e8,
    stopReason: failed ? null : 'converged',
    stopMessage: failed ? null : 'The objective no longer fell.',
    failure: failed
      ? { code: 'breakdown', message: 'The objective became infinite.', field: null, detail: null }
      : null,
    figures: { objective: number / 3, relativeResidual: 1 / number },
    scoreCard: {
      title: 'Against the truth',
      rules: [],
      columns: [],
      rows: [],
      matching: [],
      metrics: [
        {
          id: 'sad',
          title: 'Mean SAD',
          value: ((number * 31) % 997) / 100,
          unit: '°',
          better: 'lower',
          digits: 2,
        },
        {
          id: 'armse',
          title: 'aRMSE',
          value: ((number * 17) % 991) / 50,
          unit: '%',
          better: 'lower',
          digits: 2,
        },
      ],
    },
    warnings: [],
    notes: [],
    proposals: [],
    artifacts: [],
    environment: null,
  }
}
