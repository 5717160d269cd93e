import type { Dataset } from '../../../shared/dataset'
import { FiligreeError } from '../../../shared/failure'
import { counted } from '../../formats/wording'

/** Which bands of a cube take part in a run. */
export interface BandChoice {
  /** Leaves out what the file itself marks as bad. */
  useGoodBands: boolean
  /** Further bands to leave out, counted from 0, as ranges: '0-2, 104-113'. */
  leaveOutBands: string
}

/** Zero-based bands that take part, rising; null where all do. Throws where none is left or a range is none. */
export function keptBands(dataset: Dataset, { useGoodBands, leaveOutBands }: BandChoice): number[] | null {
  const size = dataset.array.shape[2] ?? 0
  const marked = useGoodBands ? dataset.goodBands : null
  const left = parseBandRanges(leaveOutBands, size)
  const kept = Array.from({ length: size }, (_, band) => band).filter(
    (band) => (marked?.[band] ?? true) && !left.has(band),
  )
  if (kept.length === size) return null
  if (kept.length > 0) return kept
  const advice =
    left.size === size ? 'Leave out fewer.' : "Turn off 'Leave out bad bands', or leave out fewer."
  throw new FiligreeError('invalid-data', `No band of '${dataset.name}' is left. ${advice}`, {
    field: left.size > 0 ? 'leaveOutBands' : 'useGoodBands',
  })
}

/** Reads '0-2, 104-113' as a set of bands; throws where it cannot, or where a band is not in the cube. */
export function parseBandRanges(text: string, size: number): Set<number> {
  const bands = new Set<number>()
  for (const word of text.split(/[,;]/).map((part) => part.trim())) {
    if (word === '') continue
    const match = /^(\d+)(?:\s*[-–]\s*(\d+))?$/.exec(word)
    const first = Number(match?.[1])
    const last = Number(match?.[2] ?? match?.[1])
    if (match === null || first > last) {
      throw wrongRange(`'${word}' is not a band or a range of bands. Write them as in '0-2, 104-113'.`)
    }
    if (last >= size) {
      throw wrongRange(
        `Band ${last} is not in the cube, which has ${counted(size, 'band')}, 0 to ${size - 1}.`,
      )
    }
    for (let band = first; band <= last; band += 1) bands.add(band)
  }
  return bands
}

function wrongRange(message: string): FiligreeError {
  return new FiligreeError('invalid-parameter', message, { field: 'leaveOutBands' })
}
