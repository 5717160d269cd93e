import { basename } from 'node:path'
import { FiligreeError } from '../../shared/failure'
import { delimitedTableImporter } from './delimited-table'
import { enviImporter } from './envi'
import type { Importer } from './importer'
import { matlabImporter } from './matlab'
import { matrixMarketImporter } from './matrix-market'
import { tripletTableImporter } from './triplet-table'
import { npzImporter } from './npz'
import { numpyImporter } from './numpy'
import { tnsImporter } from './tns'
import { isFolder, withFile } from './random-access-file'
import { spectrumLibraryImporter } from './spectrum-library'
import { listed } from './wording'

/** Every format that can be imported. The first that recognises the files takes them. */
export const importers: readonly Importer[] = [
  enviImporter,
  matlabImporter,
  numpyImporter,
  npzImporter,
  spectrumLibraryImporter,
  tnsImporter,
  matrixMarketImporter,
  delimitedTableImporter,
  tripletTableImporter,
]

/** 'ENVI (.hdr, .img, …), MATLAB (.mat) and NumPy (.npy)' */
function readableFormats(): string {
  return listed(
    importers.map(({ title, extensions }) => {
      const shown = extensions.slice(0, 2).map((extension) => `.${extension}`)
      return `${title} (${shown.join(', ')}${extensions.length > 2 ? ', …' : ''})`
    }),
  )
}

/**
 * Finds the importer for files that were dropped or chosen together; an ENVI header and its data count as one
 * scene. Throws `not-found` for a vanished file, `invalid-file` for what none can read.
 */
export async function chooseImporter(paths: readonly string[]): Promise<Importer> {
  if (paths.length === 0) throw new FiligreeError('not-found', 'No file was given.')
  // Asked first: a vanished file or a pipe is named as such, whatever its ending.
  const folders: string[] = []
  for (const path of paths) {
    if (await isFolder(path)) folders.push(path)
    else await withFile(path, () => Promise.resolve())
  }
  const asked =
    folders.length === 0 ? importers : importers.filter(({ takesFolders }) => takesFolders === true)
  for (const importer of asked) {
    if (await importer.recognises(paths)) return importer
  }
  if (folders[0] !== undefined) {
    throw new FiligreeError(
      'invalid-file',
      `${basename(folders[0])} is a folder, not a file, and holds no spectra as text and no matrices. Choose the files in it.`,
    )
  }
  const names = listed(paths.map((path) => basename(path)))
  throw new FiligreeError(
    'invalid-file',
    paths.length === 1
      ? `${names} is in no format that can be read: ${readableFormats()}. An ENVI data file needs its header (.hdr) beside it.`
      : `${names} do not belong together. Import one scene at a time: one file, or an ENVI header with its data file. Readable are ${readableFormats()}.`,
  )
}
