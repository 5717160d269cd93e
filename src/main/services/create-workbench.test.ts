import { createHash } from 'node:crypto'
import { readdir, readFile } from 'node:fs/promises'
import { beforeAll, describe, expect, test, vi } from 'vitest'
import { dataAddress, dataHeaders } from '../../shared/data-address'
import { fileEntrySchema } from '../../shared/project'
import type { RunRecord } from '../../shared/run'
import { methods } from '../methods'
import { Bench, endless, type TestWorkbench } from '../../../test/faults/support/workbenches'

describe('the workbench', () => {
  const bench = new Bench()
  let workbench: TestWorkbench
  let project = ''
  let dataset = ''
  let solved: RunRecord

  async function methodOf(id: string) {
    const method = (await workbench.ask('methods.list', null)).find((candidate) => candidate.id === id)
    if (method === undefined) throw new Error(`There is no method ${id}.`)
    return method
  }

  const data = (address: string, init?: RequestInit) =>
    workbench.workbench.handleData(new Request(`http://localhost${address}`, init))

  async function numbers(address: string, Kind: typeof Float32Array | typeof Float64Array) {
    const answer = await data(address)
    expect(answer.status).toBe(200)
    return {
      values: new Kind(await answer.arrayBuffer()),
      shape: answer.headers.get(dataHeaders.shape),
      dtype: answer.headers.get(dataHeaders.dtype),
      range: answer.headers.get(dataHeaders.range),
    }
  }

  beforeAll(async () => {
    workbench = await bench.workbench()
    const sample = await workbench.ask('project.trySample', null)
    project = sample.project.folder
    dataset = sample.dataset.id
    const { id } = await workbench.run(dataset, 'ss-nmf', { endmembers: 4, maxIterations: 20, restarts: 2 })
    solved = await workbench.finished(id)
  }, 120_000)

  test('solves the sample and scores it against its truth', async () => {
    expect(solved.failure).toBeNull()
    expect(solved.state).toBe('succeeded')
    expect(solved.scoreCard?.metrics.map(({ id }) => id)).toEqual(
      expect.arrayContaining(['sad', 'armse', 'sre']),
    )
    const outputs = new Set((await methodOf('ss-nmf')).outputs.map(({ name }) => name))
    const names = solved.artifacts.map(({ name }) => name)
    expect(names).toEqual(expect.arrayContaining(['endmembers', 'abundances', 'residual', 'positions']))
    for (const name of names) expect(outputs).toContain(name)
    expect(solved.environment?.libraries).toHaveProperty('faer')
    for (const { file, sha256 } of solved.artifacts) {
      const bytes = await readFile(`${project}/runs/${solved.id}/${file}`)
      expect(createHash('sha256').update(bytes).digest('hex')).toBe(sha256)
    }
    expect(await workbench.ask('runs.log', { run: solved.id })).toMatch(/Structured sparse NMF/)
    expect(await workbench.ask('runs.progress', { run: solved.id })).toBeNull()
  })

  test('says what is there', async () => {
    const info = await workbench.ask('app.info', null)
    expect(info.cores).toBeGreaterThan(0)
    const listed = await workbench.ask('methods.list', null)
    // Every method that is registered, once, with what a form and a page are made from.
    expect(listed.map(({ id }) => id)).toEqual(methods.map(({ description }) => description.id))
    expect(new Set(listed.map(({ id }) => id)).size).toBe(listed.length)
    const families = ['unmixing', 'krylov', 'tensor']
    expect(listed.map(({ family }) => family)).toEqual(expect.arrayContaining(families))
    for (const { id, title, summary, outputs } of listed) {
      expect(title.length * summary.length, id).toBeGreaterThan(0)
      expect(outputs.length, id).toBeGreaterThan(0)
    }
    expect((await workbench.ask('project.recent', null))[0]).toMatchObject({
      folder: project,
      missing: false,
    })
    expect(await workbench.ask('project.current', null)).toMatchObject({ datasetCount: 1, readOnly: false })
    expect((await workbench.ask('files.places', null)).length).toBeGreaterThan(0)
  })

  test('hands out slices of arrays with their shape and range', async () => {
    const abundances = await numbers(dataAddress.artifact(solved.id, 'abundances'), Float64Array)
    expect(abundances).toMatchObject({ shape: '4,100,100', dtype: 'float64' })
    const one = await numbers(dataAddress.artifact(solved.id, 'abundances', 2), Float64Array)
    expect(one.shape).toBe('100,100')
    expect(one.values).toEqual(abundances.values.slice(20_000, 30_000))
    expect(one.range).toBe(`${Math.min(...one.values)},${Math.max(...one.values)}`)
    const bands = await numbers(dataAddress.bands(dataset, [3, 0], 50), Float32Array)
    expect(bands).toMatchObject({ shape: '2,50,50', dtype: 'float32' })
    const spectrum = await numbers(dataAddress.spectrum(dataset, 2, 4), Float64Array)
    expect(spectrum.shape).toBe('120')
    expect(bands.values[1 * 50 + 2]).toBeCloseTo(spectrum.values[3] ?? Number.NaN, 6)
    expect((await numbers(dataAddress.truth(dataset, 'endmembers'), Float64Array)).shape).toBe('120,4')
    const trace = await numbers(dataAddress.trace(solved.id), Float64Array)
    // One row an iteration from the zeroth; the iteration, then the columns that the method declares.
    const columns = (await methodOf('ss-nmf')).outputs.flatMap((output) => output.columns)
    expect(trace.shape).toBe(`${(solved.iterations ?? 0) + 1},${columns.length + 1}`)
    const file = await data(dataAddress.runFile(solved.id, 'run.json'))
    expect(file.headers.get('content-disposition')).toContain('attachment')
    expect(await file.json()).toEqual(solved)
  })

  test.each([
    ['/data/runs/0001-ss-nmf/files/..%2F..%2Ffiligree.db', 404],
    ['/data/runs/..%2F0001-ss-nmf/trace', 404],
    ['/data/runs/0001-ss-nmf/artifacts/nothing', 404],
    ['/data/runs/0001-ss-nmf/artifacts/abundances?index=9', 404],
    ['/data/datasets/nothing/spectrum?line=0&sample=0', 404],
    ['/data/datasets/synthetic-scene/spectrum?line=x&sample=0', 400],
    ['/data/datasets/synthetic-scene/bands?bands=1000&side=9', 400],
    ['/data/previews/none', 404],
    ['/data/reports/none.html', 404],
    ['/elsewhere', 404],
  ])('%s is answered with %i and a sentence', async (address, status) => {
    const answer = await data(address)
    expect(answer.status).toBe(status)
    expect(await answer.text()).toMatch(/^['A-Z].*\.$/s)
  })

  test('takes an uploaded file and imports it as any other', async () => {
    const bytes = await readFile(`${project}/datasets/${dataset}/cube.npy`)
    const answer = await data(dataAddress.upload('uploaded scene.npy'), {
      method: 'PUT',
      body: new Uint8Array(bytes),
    })
    const entry = fileEntrySchema.parse(await answer.json())
    expect(entry).toMatchObject({ name: 'uploaded scene.npy', bytes: bytes.length })
    const preview = await workbench.ask('datasets.preview', { files: [entry.handle], choices: {} })
    expect(preview.kind).toBe('cube')
    const plane = await numbers(dataAddress.preview(preview.previewId ?? ''), Float32Array)
    expect(plane.values.length).toBe(10_000)
    const imported = await workbench.ask('datasets.import', {
      files: [entry.handle],
      choices: {},
      name: 'Second',
    })
    expect(imported.id).toBe('second')
    // The bytes moved into the dataset's folder: the project can be moved as a whole, and the inbox is empty.
    expect(imported.array).toMatchObject({ location: 'project', file: 'uploaded scene.npy' })
    expect(imported.origin).toMatchObject({ files: [{ path: 'uploaded scene.npy' }] })
    expect(await readFile(`${project}/datasets/second/uploaded scene.npy`)).toEqual(bytes)
    expect(await readdir(`${project}/.inbox`)).toEqual([])
    expect((await numbers(dataAddress.spectrum('second', 1, 1), Float64Array)).shape).toBe('120')
    const refused = await data(dataAddress.upload('../x'), { method: 'PUT', body: 'x' })
    expect(refused.status).toBe(400)
  })

  test('renames, deletes and restores datasets and runs', async () => {
    await workbench.ask('datasets.rename', { dataset, name: 'Renamed' })
    expect((await workbench.ask('datasets.get', { dataset })).name).toBe('Renamed')
    await workbench.ask('datasets.delete', { dataset })
    await expect(workbench.ask('datasets.get', { dataset })).rejects.toMatchObject({ code: 'not-found' })
    await expect(workbench.run(dataset, 'vca', { endmembers: 3 })).rejects.toMatchObject({
      code: 'not-found',
    })
    expect((await workbench.ask('datasets.restore', { dataset })).name).toBe('Renamed')
    await workbench.ask('runs.delete', { run: solved.id })
    await expect(workbench.ask('runs.get', { run: solved.id })).rejects.toMatchObject({ code: 'not-found' })
    expect(await workbench.ask('runs.restore', { run: solved.id })).toEqual(solved)
  })

  test('writes the same report twice as the same bytes, deletes and restores it', async () => {
    const first = await workbench.ask('reports.create', { runs: [solved.id], title: 'One' })
    const second = await workbench.ask('reports.create', { runs: [solved.id], title: 'One' })
    expect(second.id).not.toBe(first.id)
    expect(second.sha256).toBe(first.sha256)
    const page = await data(dataAddress.report(first.id))
    expect(page.headers.get('content-type')).toMatch(/^text\/html/)
    expect(
      createHash('sha256')
        .update(await page.text())
        .digest('hex'),
    ).toBe(first.sha256)
    await workbench.ask('reports.delete', { report: first.id })
    expect((await data(dataAddress.report(first.id))).status).toBe(404)
    expect(await workbench.ask('reports.restore', { report: first.id })).toEqual(first)
    expect((await workbench.ask('reports.list', null)).length).toBe(2)
  })

  test('stops a task that is asked to, and keeps nothing half-made', async () => {
    const before = await workbench.ask('datasets.list', null)
    const made = workbench.ask('datasets.generate', {
      generator: 'synthetic-scene',
      parameters: { lines: 2000, samples: 2000 },
      seed: 0,
      name: 'Stopped',
    })
    const stopped = expect(made).rejects.toMatchObject({ code: 'cancelled' })
    const [task] = await vi.waitUntil(async () => {
      const running = (await workbench.ask('tasks.list', null)).filter(({ state }) => state === 'running')
      return running.length > 0 ? running : null
    })
    await workbench.ask('tasks.cancel', { task: task?.id ?? '' })
    await stopped
    expect(await workbench.ask('datasets.list', null)).toEqual(before)
    expect(await readdir(`${project}/datasets`)).not.toContainEqual(expect.stringContaining('stopped'))
  })

  test('refuses what it cannot believe', async () => {
    const { workbench: raw } = workbench
    await expect(raw.request('project.open', { folder: '/etc' })).rejects.toMatchObject({
      code: 'not-allowed',
    })
    await expect(raw.request('runs.get', { run: '' })).rejects.toMatchObject({ code: 'invalid-parameter' })
    await expect(workbench.run(dataset, 'vca', { endmembers: 1 })).rejects.toMatchObject({
      code: 'invalid-parameter',
      field: 'endmembers',
      message: "Endmembers ('endmembers') is 1; it must be a whole number of at least 2 and of at most 64.",
    })
    await expect(workbench.run(dataset, 'vca', { endmembers: 3, colour: 1 })).rejects.toThrow(
      /no parameter 'colour'/,
    )
    await expect(workbench.run(dataset, 'vca', {})).rejects.toThrow(/must be given/)
  })

  test('does not leave a project while a run is under way, and keeps its queue when it is closed', async () => {
    const running = await workbench.run(dataset, 'ss-nmf', endless)
    const waiting = await workbench.run(dataset, 'vca', { endmembers: 3 })
    await workbench.iterating(running.id)
    expect(workbench.workbench.activeRuns()).toBe(1)
    await expect(workbench.ask('project.close', null)).rejects.toMatchObject({ code: 'busy' })
    await workbench.workbench.close()
    const next = await bench.workbench()
    await next.openProject(project)
    expect((await next.finished(running.id)).state).toBe('cancelled')
    expect((await next.finished(waiting.id)).state).toBe('succeeded')
  })
})
