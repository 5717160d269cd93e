import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { datasetSchema } from '../../../src/shared/dataset'
import { reportRecordSchema } from '../../../src/shared/project'
import { isFinished, runRecordSchema } from '../../../src/shared/run'

/** What of a project folder is not as it should be, as sentences; `waiting` runs may have hidden folders. */
export async function auditProject(folder: string, waiting: readonly string[] = []): Promise<string[]> {
  return [
    ...(await auditDatasets(join(folder, 'datasets'))),
    ...(await auditRuns(join(folder, 'runs'), waiting)),
    ...(await auditReports(join(folder, 'reports'))),
    ...(await names(folder))
      .filter((name) => name.endsWith('.part'))
      .map((name) => `${name} was left behind`),
  ]
}

/** Names of the finished runs of a project folder. */
export async function finishedRuns(folder: string): Promise<string[]> {
  return (await names(join(folder, 'runs'))).filter((name) => !name.startsWith('.'))
}

async function auditDatasets(folder: string): Promise<string[]> {
  const problems: string[] = []
  for (const name of await names(folder)) {
    if (name.startsWith('.')) {
      problems.push(`datasets/${name} is half-made`)
      continue
    }
    const dataset = datasetSchema.parse(
      JSON.parse(await readFile(join(folder, name, 'dataset.json'), 'utf8')),
    )
    const arrays = [dataset.array, dataset.truth?.endmembers, dataset.truth?.abundances]
    for (const array of arrays) {
      if (array?.location !== 'project' || array.sha256 === null) continue
      if ((await sha256(join(folder, name, array.file))) !== array.sha256) {
        problems.push(`datasets/${name}/${array.file} is not what its record says`)
      }
    }
  }
  return problems
}

async function auditRuns(folder: string, waiting: readonly string[]): Promise<string[]> {
  const problems: string[] = []
  for (const name of await names(folder)) {
    if (name.startsWith('.')) {
      if (!waiting.includes(name.slice(1))) problems.push(`runs/${name} is half-made`)
      continue
    }
    const record = runRecordSchema.parse(JSON.parse(await readFile(join(folder, name, 'run.json'), 'utf8')))
    if (!isFinished(record.state)) problems.push(`runs/${name} is ${record.state} and not hidden`)
    for (const artifact of record.artifacts) {
      if ((await sha256(join(folder, name, artifact.file))) !== artifact.sha256) {
        problems.push(`runs/${name}/${artifact.file} is not what its record says`)
      }
    }
    const known = [
      'run.json',
      'trace.csv',
      'timing.csv',
      'log.txt',
      ...(record.artifacts.some(({ meaning }) => meaning === 'model') ? ['model.json'] : []),
      ...record.artifacts.map(({ file }) => file),
    ]
    for (const file of await names(join(folder, name))) {
      if (!known.includes(file)) problems.push(`runs/${name}/${file} belongs to no finished run`)
    }
  }
  return problems
}

async function auditReports(folder: string): Promise<string[]> {
  const problems: string[] = []
  const found = await names(folder)
  for (const name of found) {
    if (name.startsWith('.')) {
      if (!found.includes(name.slice(1, -'.json'.length))) problems.push(`reports/${name} was left behind`)
      continue
    }
    const record = reportRecordSchema.parse(JSON.parse(await readFile(join(folder, `.${name}.json`), 'utf8')))
    if ((await sha256(join(folder, name))) !== record.sha256) problems.push(`reports/${name} is not whole`)
  }
  return problems
}

async function sha256(path: string): Promise<string> {
  const hash = createHash('sha256')
  await pipeline(createReadStream(path), hash)
  return hash.digest('hex')
}

async function names(folder: string): Promise<string[]> {
  return readdir(folder).catch(() => [])
}
