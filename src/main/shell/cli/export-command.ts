import { createWriteStream } from 'node:fs'
import { resolve } from 'node:path'
import { pipeline } from 'node:stream/promises'
import type { Dataset } from '../../../shared/dataset'
import { FiligreeError } from '../../../shared/failure'
import { savedRunEnding } from '../../../shared/run'
import { packRun } from '../../store/run-package'
import {
  exportCubeEnvi,
  exportCubeNpy,
  exportLibraryCsv,
  exportLibraryEnvi,
  tensorFile,
  writePieces,
  type EnviExportOptions,
} from '../../formats'
import { reconstructionNpy } from '../../services/tensor-data'
import type { Output } from './output'
import { runId } from './run-id'
import { openChosenProject, withWorkbench, type ProjectChoice } from './session'

export const exportFormats = ['envi', 'npy', 'csv', 'tns', 'run'] as const
export const interleaves = ['bsq', 'bil', 'bip'] as const
export const byteOrders = ['little', 'big'] as const

type ExportFormat = (typeof exportFormats)[number]

export interface ExportOptions extends ProjectChoice, EnviExportOptions {
  format?: ExportFormat
  out?: string
  most?: number
}

/**
 * `filigree export`: writes a dataset of the project, or what a run's core and factors make together, as files that
 * other tools open and that can be imported again. Files that are there already are never overwritten.
 */
export async function exportCommand(id: string, options: ExportOptions, output: Output): Promise<void> {
  await withWorkbench(async (workbench) => {
    await openChosenProject(workbench, options, output, false)
    const dataset = (await workbench.request('datasets.list', null)).find((known) => known.id === id)
    let files: string[]
    if (dataset === undefined) {
      const run = await runId(workbench, id)
      const record = await workbench.request('runs.get', { run }).catch(() => {
        throw new FiligreeError('not-found', `'${id}' is neither a dataset nor a run of the project.`)
      })
      const folder = workbench.pathOf({ kind: 'run', id: run })
      const hasCore = record.artifacts.some(({ name }) => name === 'core')
      if (options.format === 'run' || (options.format === undefined && !hasCore)) {
        const packed = withEnding(resolve(options.out ?? run), savedRunEnding.slice(1))
        await pipeline(await packRun(folder), createWriteStream(packed, { flags: 'wx' }))
        output.result({ files: [packed] }, () => packed)
        return
      }
      if (options.format !== undefined && options.format !== 'npy') {
        throw new FiligreeError(
          'invalid-parameter',
          'A reconstruction is written as npy, a whole run as run.',
        )
      }
      const path = withEnding(resolve(options.out ?? `${run}-reconstruction`), 'npy')
      await writePieces(path, reconstructionNpy(record, folder, options.most ?? Number.MAX_SAFE_INTEGER))
      files = [path]
    } else {
      files = await exportDataset(dataset, workbench.pathOf({ kind: 'dataset', id }), options)
    }
    output.result({ files }, () => files.join('\n'))
  })
}

/** Writes a dataset and names the files it became. */
async function exportDataset(dataset: Dataset, folder: string, options: ExportOptions): Promise<string[]> {
  const target = resolve(options.out ?? dataset.id)
  const format = options.format ?? usualFormat(dataset)
  if (options.most !== undefined) {
    throw new FiligreeError(
      'invalid-parameter',
      'Only reconstructions of runs are thinned: leave --most away.',
    )
  }
  if (dataset.kind === 'tensor' && format !== 'envi' && format !== 'run') {
    const path = withEnding(target, format)
    await writePieces(path, tensorFile(dataset, folder, format))
    return [path]
  }
  if (dataset.kind === 'library' && format === 'envi') {
    const { header, data } = await exportLibraryEnvi(dataset, folder, target.replace(/\.(hdr|sli)$/i, ''))
    return [header, data]
  }
  if (format === 'csv' || dataset.kind === 'library') {
    const path = withEnding(target, 'csv')
    await exportLibraryCsv(dataset, folder, path)
    return [path]
  }
  if (dataset.kind !== 'cube' || format === 'tns' || format === 'run') {
    throw new FiligreeError(
      'invalid-data',
      `'${dataset.id}' is a ${dataset.kind}; it cannot be written as ${format}.`,
    )
  }
  if (format === 'npy') {
    const path = withEnding(target, 'npy')
    await exportCubeNpy(dataset, folder, path)
    return [path]
  }
  const { interleave, byteOrder } = options
  const { header, data } = await exportCubeEnvi(dataset, folder, target.replace(/\.(hdr|img)$/i, ''), {
    interleave,
    byteOrder,
  })
  return [header, data]
}

function usualFormat({ kind, parts }: Dataset): ExportFormat {
  if (kind === 'library') return 'csv'
  if (kind === 'tensor') return parts['indices'] === undefined ? 'npy' : 'csv'
  return 'envi'
}

function withEnding(path: string, ending: string): string {
  return path.endsWith(`.${ending}`) ? path : `${path}.${ending}`
}
