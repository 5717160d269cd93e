import { writeFile } from 'node:fs/promises'
import { doubles, matlab5File } from '../../fixtures/matlab5-writer'

const bands = 12

/** A scene of two materials as MATLAB 5 keeps Samson's; `change` may spoil a value. */
export function sceneFile(
  lines: number,
  samples: number,
  change: (value: number, pixel: number, band: number) => number = (value) => value,
): Uint8Array {
  const values: number[] = []
  for (let pixel = 0; pixel < lines * samples; pixel += 1) {
    // MATLAB's order: lines run fastest.
    const [line, sample] = [pixel % lines, Math.floor(pixel / lines)]
    const share = (2 + Math.sin(line / 4) + Math.cos(sample / 3)) / 4
    for (let band = 0; band < bands; band += 1) {
      const value =
        share * (0.2 + band / bands) + (1 - share) * (1.2 - band / bands) + 0.01 * Math.cos(pixel * band)
      values.push(change(value, pixel, band))
    }
  }
  return matlab5File(
    [
      doubles('V', [bands, lines * samples], values),
      doubles('nRow', [1, 1], [lines]),
      doubles('nCol', [1, 1], [samples]),
      doubles('nBand', [1, 1], [bands]),
    ],
    { littleEndian: true, compressed: true },
  )
}

export async function writeScene(path: string, ...scene: Parameters<typeof sceneFile>): Promise<string> {
  await writeFile(path, sceneFile(...scene))
  return path
}

/** An ENVI scene whose header promises `missing` bytes more than the data file has. */
export async function writeShortEnvi(stem: string, missing: number): Promise<string> {
  const [lines, samples, count] = [6, 5, 4]
  const header = [
    'ENVI',
    `lines = ${lines}`,
    `samples = ${samples}`,
    `bands = ${count}`,
    'data type = 4',
    'interleave = bsq',
    'byte order = 0',
    'header offset = 0',
  ]
  await writeFile(`${stem}.hdr`, `${header.join('\n')}\n`)
  await writeFile(`${stem}.img`, new Uint8Array(lines * samples * count * 4 - missing))
  return `${stem}.hdr`
}
