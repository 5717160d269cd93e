export type { ImportContext, ImportedDataset, Importer, ImporterPreview } from './importer'
export { chooseImporter, importers } from './choose-importer'
export { truthFromFile } from './truth-from-file'
export { exportCubeEnvi, exportCubeNpy, type EnviExportOptions } from './cube-export'
export { exportLibraryCsv, exportLibraryEnvi } from './library-export'
export {
  readBands,
  readLines,
  readPlane,
  readSpectrum,
  readWhole,
  type BandPlanes,
  type Float64Values,
} from './array-reader'
export {
  applyScale,
  arrayAsFloat64,
  arraySource,
  bandsOfCube,
  finiteRange,
  spectrumOfPixel,
  type PhysicalBands,
} from './physical-values'
export { ArraySummariser, summaryNotes } from './array-summary'
export { denseSlice, scatteredSlice, type SliceOptions, type SlicePlane } from './tensor-slice'
export { sliceCsv, sliceNpy } from './slice-export'
export { tensorExportFormats, tensorFile, type FilePieces, type TensorExportFormat } from './tensor-export'
export { tuckerNpy } from './tucker-export'
export { writePieces } from './file-pieces'
export { tuckerSlice, type TuckerSource } from './tucker-slice'
export { foldCounts, histogramOf, occupancyOf } from './tensor-facts'
export { RandomAccessFile, withFile } from './random-access-file'
export { sha256OfFile } from './file-hash'
export { readNpyHeader } from './npy'
export { NpyWriter, writeNpy, writeNpyThrough } from './npy-writer'
export { reshapeNpy } from './reshape-npy'
export { writtenArray } from './written-array'
export { sceneOfFile, type KnownScene } from './known-scenes'
export { tableFindings } from './table-findings'
export { requireRolesFit } from './table-roles'
