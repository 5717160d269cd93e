export type { ImportContext, ImportedDataset, Importer, ImporterPreview } from './importer'
export { readPlane, readSpectrum, readWhole, type Float64Values } from './array-reader'
export {
  arrayAsFloat64,
  arraySource,
  bandsOfCube,
  finiteRange,
  spectrumOfPixel,
  type PhysicalBands,
} from './physical-values'
export { ArraySummariser, summaryNotes } from './array-summary'
export { fileFailure } from './file-failure'
export { readNpyHeader } from './npy'
export { NpyWriter, writeNpy, writeNpyThrough } from './npy-writer'
