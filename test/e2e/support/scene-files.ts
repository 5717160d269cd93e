import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { doubles, matlab5File } from '../../fixtures/matlab5-writer'

/** A small scene with a known mix, made the same way every time. */
export interface SceneSize {
  lines: number
  samples: number
  bands: number
}

const usualSize: SceneSize = { lines: 24, samples: 20, bands: 30 }

/** Reflectances of three smooth materials that blend across the scene, (line, sample, band) in C order. */
export function blendedScene({ lines, samples, bands }: SceneSize = usualSize): Float32Array {
  const values = new Float32Array(lines * samples * bands)
  let index = 0
  for (let line = 0; line < lines; line += 1) {
    for (let sample = 0; sample < samples; sample += 1) {
      const abundances = threeAbundances(line / (lines - 1), sample / (samples - 1))
      for (let band = 0; band < bands; band += 1) {
        const position = band / (bands - 1)
        const spectra = [0.15 + 0.6 * position, 0.8 - 0.5 * position, 0.4 + 0.3 * Math.sin(6 * position)]
        values[index] = abundances.reduce((sum, abundance, part) => sum + abundance * (spectra[part] ?? 0), 0)
        index += 1
      }
    }
  }
  return values
}

/** Barycentric weights: every corner region is nearly pure. */
function threeAbundances(down: number, across: number): [number, number, number] {
  const weights = [(1 - down) ** 2, across ** 2 * down, (1 - across) ** 2 * down].map(
    (weight) => weight + 1e-3,
  )
  const total = weights.reduce((sum, weight) => sum + weight, 0)
  const [first = 0, second = 0, third = 0] = weights.map((weight) => weight / total)
  return [first, second, third]
}

/** Changes to an ENVI scene that make it a bad one. */
export interface EnviChange {
  size?: SceneSize
  values?: (values: Float32Array) => void
  /** Bytes cut from the end of the data file. */
  missingBytes?: number
}

/** Writes `<name>.hdr` and `<name>.img`: float32, band interleaved by pixel, little-endian, wavelengths in nm. */
export async function writeEnvi(folder: string, name: string, change: EnviChange = {}): Promise<string[]> {
  const size = change.size ?? usualSize
  const values = blendedScene(size)
  change.values?.(values)
  const wavelengths = Array.from({ length: size.bands }, (_, band) => 400 + (2000 * band) / (size.bands - 1))
  const header = [
    'ENVI',
    'description = { A blend of three materials }',
    `samples = ${size.samples}`,
    `lines = ${size.lines}`,
    `bands = ${size.bands}`,
    'header offset = 0',
    'data type = 4',
    'interleave = bip',
    'byte order = 0',
    'wavelength units = Nanometers',
    `wavelength = { ${wavelengths.map((value) => value.toFixed(2)).join(', ')} }`,
    '',
  ].join('\n')
  const bytes = Buffer.from(values.buffer)
  const files = [join(folder, `${name}.hdr`), join(folder, `${name}.img`)] as const
  await writeFile(files[0], header)
  await writeFile(files[1], bytes.subarray(0, bytes.length - (change.missingBytes ?? 0)))
  return [...files]
}

/** Writes `<name>.mat`, a MATLAB 5 file as Samson is laid out: `V` bands × pixels with `nRow`, `nCol`, `nBand`. */
export async function writeMatlab(
  folder: string,
  name: string,
  change: { missingBytes?: number } = {},
): Promise<string> {
  const { lines, samples, bands } = usualSize
  const scene = blendedScene()
  const pixels = new Float64Array(lines * samples * bands)
  for (let line = 0; line < lines; line += 1) {
    for (let sample = 0; sample < samples; sample += 1) {
      // Column-major twice: a column of V is a pixel, and pixels run down the columns of the image.
      const pixel = line + lines * sample
      const from = (line * samples + sample) * bands
      pixels.set(scene.subarray(from, from + bands), pixel * bands)
    }
  }
  const file = matlab5File(
    [
      doubles('V', [bands, lines * samples], [...pixels]),
      doubles('nRow', [1, 1], [lines]),
      doubles('nCol', [1, 1], [samples]),
      doubles('nBand', [1, 1], [bands]),
    ],
    { littleEndian: true, compressed: false },
  )
  const path = join(folder, `${name}.mat`)
  await writeFile(path, file.subarray(0, file.length - (change.missingBytes ?? 0)))
  return path
}
