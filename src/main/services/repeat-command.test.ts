import { describe, expect, test } from 'vitest'
import { datasetRecord, runRecord } from '../../../test/fixtures/run-records'
import { findMethod } from '../methods'
import { repeatCommands } from './repeat-command'

const fcls = findMethod('fcls').description
const record = runRecord(3, {
  method: { id: 'fcls', version: 1, title: fcls.title, family: 'unmixing' },
  parameters: {
    ...{
      endmembers: null,
      tolerance: 1e-12,
      normalisation: 'none',
      useGoodBands: true,
      invalidPixels: 'skip',
    },
  },
  inputs: {
    cube: { reference: { type: 'dataset', dataset: 'scene' }, title: 'Scene', sha256: 'a'.repeat(64) },
    spectra: {
      reference: { type: 'artifact', run: '0001-vca', artifact: 'endmembers' },
      title: 'endmembers of run 0001-vca',
      sha256: 'a'.repeat(64),
    },
  },
  seed: 5,
})
const parameters =
  '--set endmembers=null --set tolerance=1e-12 --set normalisation=none --set useGoodBands=true --set invalidPixels=skip'
const rest = `--method fcls ${parameters} --input spectra=run:0001-vca/endmembers --seed 5`

describe('the commands that repeat a run', () => {
  test('name the file, how it was read, and its truth', () => {
    const dataset = datasetRecord({
      origin: {
        type: 'file',
        format: 'matlab',
        files: [{ path: "/data/Anna's scene.mat", bytes: 1, sha256: null }],
        choices: { 'cube': 'V', 'truth': '/data/gt.mat', 'truth.pixelOrder': 'row-major' },
      },
    })
    expect(repeatCommands(record, fcls, dataset)).toEqual([
      `npx filigree run '/data/Anna'\\''s scene.mat' --option cube=V --option truth.pixelOrder=row-major --truth /data/gt.mat ${rest}`,
    ])
  })

  test('name files without their folders where others will read them', () => {
    const dataset = datasetRecord({
      origin: {
        type: 'file',
        format: 'matlab',
        files: [{ path: '/home/anna/scene.mat', bytes: 1, sha256: null }],
        choices: { truth: '/home/anna/gt.mat' },
      },
    })
    expect(repeatCommands(record, fcls, dataset, 'names')).toEqual([
      `npx filigree run scene.mat --truth gt.mat ${rest}`,
    ])
  })

  test('import a tensor together with the file of its mask first', () => {
    const file = (path: string) => ({ path, bytes: 1, sha256: null })
    const dataset = datasetRecord({
      origin: {
        type: 'file',
        format: 'numpy',
        files: [file('/data/plant.npy'), file('/data/plant_missing.npy')],
        choices: { maskFile: 'plant_missing.npy', maskMeaning: 'missing' },
      },
    })
    expect(repeatCommands(record, fcls, dataset, 'names')).toEqual([
      'npx filigree import plant.npy plant_missing.npy --option maskFile=plant_missing.npy --option maskMeaning=missing --name Scene --project filigree-repeat',
      `npx filigree run scene --project filigree-repeat ${rest}`,
    ])
  })

  test('import a table together with its splits, with the roles that it had in the run', () => {
    const file = (path: string) => ({ path, bytes: 1, sha256: null })
    const axis = { size: 2, unit: null, coordinates: null, labels: null }
    const dataset = datasetRecord({
      kind: 'table',
      axes: [
        { ...axis, name: 'row' },
        { ...axis, name: 'column', labels: ['lon', 'heat'] },
      ],
      columnRoles: ['unused', 'target'],
      origin: {
        type: 'file',
        format: 'table',
        files: [file('/data/heat.csv'), file('/data/heat_mask.csv')],
        choices: { 'kind': 'table', 'role.lon': 'target', 'role.heat': 'input', 'role.words': 'unused' },
      },
    })
    const table = { reference: { type: 'dataset', dataset: dataset.id } as const, title: '', sha256: '' }
    const run = runRecord(4, { inputs: { table: { ...table, columnRoles: ['input', 'target'] } } })
    const [make, again] = repeatCommands(run, { ...fcls, parameters: [] }, dataset, 'names')
    expect(make).toBe(
      'npx filigree import heat.csv heat_mask.csv --option kind=table --option role.lon=input --option role.heat=target --option role.words=unused --name Scene --project filigree-repeat',
    )
    expect(again).toMatch(/^npx filigree run scene --project filigree-repeat/)
  })

  test('make a generated scene first', () => {
    const dataset = datasetRecord({
      origin: {
        type: 'generated',
        inputs: {},
        generator: 'synthetic-scene',
        version: 1,
        parameters: { lines: 10, snr: null },
        seed: 2,
      },
    })
    expect(repeatCommands(record, fcls, dataset)).toEqual([
      'npx filigree generate synthetic-scene --set lines=10 --set snr=null --seed 2 --name Scene --project filigree-repeat',
      `npx filigree run scene --project filigree-repeat ${rest}`,
    ])
  })

  test('name the dataset alone where it is gone', () => {
    expect(repeatCommands(record, fcls, null)).toEqual([`npx filigree run scene ${rest}`])
  })
})
