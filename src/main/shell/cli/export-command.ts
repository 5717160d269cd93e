import { resolve } from 'node:path'
import { FiligreeError } from '../../../shared/failure'
import { exportCubeEnvi, exportCubeNpy, exportLibraryCsv, type EnviExportOptions } from '../../formats'
import type { Output } from './output'
import { openChosenProject, withWorkbench, type ProjectChoice } from './session'

export const exportFormats = ['envi', 'npy', 'csv'] as const
export const interleaves = ['bsq', 'bil', 'bip'] as const
export const byteOrders = ['little', 'big'] as const

export interface ExportOptions extends ProjectChoice, EnviExportOptions {
  format: (typeof exportFormats)[number]
  out?: string
}

/**
 * `filigree export`: writes a cube or a library of the project as files that other tools open and that can be imported again.
 * Files that are there already are never overwritten.
 */
export async function exportCommand(id: string, options: ExportOptions, output: Output): Promise<void> {
  await withWorkbench(async (workbench) => {
    await openChosenProject(workbench, options, output, false)
    const dataset = await workbench.request('datasets.get', { dataset: id })
    const folder = workbench.pathOf({ kind: 'dataset', id })
    const target = resolve(options.out ?? id)
    if (options.format === 'csv' || dataset.kind === 'library') {
      const path = target.endsWith('.csv') ? target : `${target}.csv`
      await exportLibraryCsv(dataset, folder, path)
      output.result({ files: [path] }, () => path)
      return
    }
    if (dataset.kind !== 'cube') {
      throw new FiligreeError(
        'invalid-data',
        `'${id}' is a ${dataset.kind}; only cubes and libraries can be exported.`,
      )
    }
    if (options.format === 'npy') {
      const path = target.endsWith('.npy') ? target : `${target}.npy`
      await exportCubeNpy(dataset, folder, path)
      output.result({ files: [path] }, () => path)
      return
    }
    const { interleave, byteOrder } = options
    const { header, data } = await exportCubeEnvi(dataset, folder, target.replace(/\.(hdr|img)$/i, ''), {
      interleave,
      byteOrder,
    })
    output.result({ files: [header, data] }, () => `${header}\n${data}`)
  })
}
