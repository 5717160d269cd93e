import { basename } from 'node:path'
import { elementCount, type ArrayLayout, bytesPerElement } from '../../shared/array'
import type { Dataset } from '../../shared/dataset'
import { FiligreeError } from '../../shared/failure'
import { summaryNotes } from './array-summary'
import {
  cubeAxes,
  cubeSizeText,
  externalReference,
  nameOfFile,
  previewPlane,
  summariseCube,
} from './cube-parts'
import { isEnviLibrary, readEnviLibrary } from './envi-library'
import type { EnviHeader } from './envi-header'
import { sha256OfFile } from './file-hash'
import { importLibrary, libraryPreview } from './library-parts'
import { locateEnviFiles, looksLikeEnvi, readEnviHeader, type EnviFiles } from './envi-files'
import { enviScene, type EnviScene } from './envi-scene'
import type { ImportContext, ImportedDataset, Importer } from './importer'
import { withFile, type RandomAccessFile } from './random-access-file'
import { counted, figure, grouped, shapeText } from './wording'

/**
 * ENVI: a text header beside raw numbers, band sequential (bsq), interleaved by line (bil) or by pixel
 * (bip). The data stay where they are; an import reads the header only.
 */
export const enviImporter: Importer = {
  id: 'envi',
  title: 'ENVI',
  extensions: ['hdr', 'img', 'dat', 'raw', 'bsq', 'bil', 'bip', 'sli'],
  recognises: looksLikeEnvi,

  async preview(paths) {
    const { files, header } = await openHeader(paths)
    if (isEnviLibrary(header))
      return withFile(files.data, async (file) => libraryPreview(await readEnviLibrary(header, files, file)))
    const scene = enviScene(header)
    return withFile(files.data, async (file) => {
      requireWholeFile(scene.layout, files, file)
      const previewBand = scene.displayBands?.[0] ?? Math.floor((scene.layout.shape[2] ?? 1) / 2)
      const source = { ...scene.layout, path: files.data }
      return {
        preview: {
          format: { id: 'envi', title: 'ENVI' },
          name: nameOfFile(files.data),
          kind: 'cube',
          external: true,
          bytes: file.bytes,
          facts: facts(scene, file),
          variables: [
            { name: file.name, shape: scene.layout.shape, dtype: scene.layout.dtype, role: 'cube' },
          ],
          options: [],
          axes: axesOf(scene),
          truth: null,
          previewBand,
          warnings: [...scene.warnings, ...sizeNotes(scene.layout, file)],
        },
        plane: await previewPlane(source, previewBand, scene),
      }
    })
  },

  async import(paths, _choices, context) {
    context.onProgress('Reading the header', null)
    const { files, header } = await openHeader(paths)
    if (isEnviLibrary(header)) return importEnviLibrary(header, files, context)
    const scene = enviScene(header)
    return withFile(files.data, async (file) => {
      requireWholeFile(scene.layout, files, file)
      const source = { ...scene.layout, path: files.data }
      const summary = await summariseCube(source, scene, context)
      return {
        kind: 'cube',
        origin: {
          type: 'file',
          format: 'envi',
          files: [await originFile(files.header), { path: file.path, bytes: file.bytes, sha256: null }],
          choices: {},
        },
        array: externalReference(scene.layout, file),
        axes: axesOf(scene),
        quantity: { name: scene.reflectance ? 'Reflectance' : 'Value', unit: null },
        scale: scene.scale,
        noDataValue: scene.noDataValue,
        parts: {},
        goodBands: scene.goodBands,
        ...(scene.bandWidths === null ? {} : { bandWidths: scene.bandWidths }),
        displayBands: scene.displayBands,
        truth: null,
        summary,
        notes: [
          ...(scene.description === null ? [] : [`The header says: ${scene.description}`]),
          ...scene.warnings,
          ...sizeNotes(scene.layout, file),
          ...(summary === null ? [] : summaryNotes(summary)),
        ],
      } satisfies Omit<Dataset, 'id' | 'name' | 'createdAt' | 'schema'>
    })
  },
}

async function openHeader(paths: readonly string[]): Promise<{ files: EnviFiles; header: EnviHeader }> {
  const files = await locateEnviFiles(paths)
  return { files, header: await readEnviHeader(files.header) }
}

async function importEnviLibrary(
  header: EnviHeader,
  files: EnviFiles,
  context: ImportContext,
): Promise<ImportedDataset> {
  return withFile(files.data, async (file) => {
    const content = await readEnviLibrary(header, files, file)
    const sha256 = await sha256OfFile(file, context.signal)
    const origin = [await originFile(files.header), { path: file.path, bytes: file.bytes, sha256 }]
    return importLibrary(content, origin, {}, context)
  })
}

async function originFile(path: string): Promise<{ path: string; bytes: number; sha256: null }> {
  return withFile(path, (file) => Promise.resolve({ path, bytes: file.bytes, sha256: null }))
}

function promisedBytes(layout: ArrayLayout): number {
  return layout.offset + elementCount(layout.shape) * bytesPerElement[layout.dtype]
}

function requireWholeFile(layout: ArrayLayout, files: EnviFiles, file: RandomAccessFile): void {
  const promised = promisedBytes(layout)
  if (promised <= file.bytes) return
  throw new FiligreeError(
    'invalid-file',
    `${basename(files.header)} promises ${counted(promised, 'byte')} (${shapeText(layout.shape)} numbers of ${counted(bytesPerElement[layout.dtype], 'byte')}${layout.offset > 0 ? ` after ${counted(layout.offset, 'byte')}` : ''}), but ${file.name} has ${grouped(file.bytes)}: ${counted(promised - file.bytes, 'byte is', 'bytes are')} missing. Was it copied whole, and is this its header?`,
  )
}

function sizeNotes(layout: ArrayLayout, file: RandomAccessFile): string[] {
  const extra = file.bytes - promisedBytes(layout)
  return extra === 0
    ? []
    : [`${file.name} has ${counted(extra, 'byte')} more than its header describes; they are not read.`]
}

function axesOf(scene: EnviScene): Dataset['axes'] {
  return cubeAxes(scene.layout.shape, {
    wavelengths: scene.wavelengths,
    unit: scene.wavelengthUnit,
    names: scene.bandNames,
  })
}

function facts(scene: EnviScene, file: RandomAccessFile): { label: string; value: string }[] {
  const bands = scene.layout.shape[2] ?? 0
  const found: { label: string; value: string }[] = [
    { label: 'Size', value: cubeSizeText(scene.layout.shape) },
    { label: 'Type', value: `${scene.layout.dtype}, ${scene.layout.byteOrder} endian` },
    { label: 'Interleave', value: scene.interleave.toUpperCase() },
    { label: 'Data file', value: `${file.name}, ${counted(file.bytes, 'byte')}, stays where it is` },
  ]
  const first = scene.wavelengths?.[0]
  const last = scene.wavelengths?.at(-1)
  if (first !== undefined && last !== undefined) {
    const unit = scene.wavelengthUnit === null ? '' : ` ${scene.wavelengthUnit}`
    found.push({ label: 'Wavelengths', value: `${figure(first)} to ${figure(last)}${unit}` })
  }
  if (scene.goodBands !== null) {
    const good = scene.goodBands.filter(Boolean).length
    found.push({ label: 'Good bands', value: `${grouped(good)} of ${grouped(bands)}` })
  }
  if (scene.scale !== 1) {
    found.push({ label: 'Scale', value: `stored numbers are divided by ${figure(1 / scene.scale)}` })
  }
  if (scene.noDataValue !== null) {
    found.push({ label: 'No data', value: `marked by ${String(scene.noDataValue)}` })
  }
  if (scene.description !== null) found.push({ label: 'Description', value: scene.description })
  return found
}
