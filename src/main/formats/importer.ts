import type { Dataset, ImportChoices, ImportPreview } from '../../shared/dataset'

/** What an importer needs while it works. */
export interface ImportContext {
  /** Existing, empty folder for arrays that are copied; the dataset's own folder once the import is done. */
  folder: string
  onProgress: (stage: string, fraction: number | null) => void
  signal: AbortSignal
}

/** A dataset as an importer leaves it: the project adds the id, the name and the time. */
export type ImportedDataset = Omit<Dataset, 'id' | 'name' | 'createdAt' | 'schema'>

/** A preview, and the picture that goes with it where there is one. */
export interface ImporterPreview {
  preview: Omit<ImportPreview, 'previewId'>
  /** float32 in C order (lines, samples), at most 512 a side; drawn for the present choices. */
  plane: { lines: number; samples: number; values: Float32Array } | null
}

/** One file format. One file a format; the list is `importers` in `index.ts`. */
export interface Importer {
  id: string
  title: string
  /** Lower-case endings for file dialogs, without the dot. */
  extensions: readonly string[]
  /** Whether a folder may be given for the files in it. */
  takesFolders?: boolean
  /** Whether these files (already existing paths) are of this format; looks at names and first bytes only. */
  recognises(paths: readonly string[]): Promise<boolean>
  /** Reads as little as it can. Throws a `FiligreeError` with one clear sentence for a file it cannot take. */
  preview(paths: readonly string[], choices: ImportChoices): Promise<ImporterPreview>
  import(paths: readonly string[], choices: ImportChoices, context: ImportContext): Promise<ImportedDataset>
}
