import { resolve } from 'node:path'
import { build } from 'vite'
import { chromiumMissing, startChromium } from '../../measurement/chromium'
import { median } from '../../measurement/statistics'
import { bounded, seconds, type Benchmark } from '../benchmark'

const side = 1000

/** Painting a map of a million pixels anew, as a change of its colour map or its ends does. */
export const mapRepaint: Benchmark = {
  name: `Repaint of a map of ${side} × ${side} pixels in Chromium, without a GPU`,
  peers: [],
  missing: chromiumMissing,
  async measure() {
    const code = await bundleOfMaps()
    const browser = await startChromium()
    try {
      const page = await browser.newPage()
      await page.addScriptTag({ content: code })
      const milliseconds = await page.evaluate(`(() => {
        const values = Float64Array.from({ length: ${side * side} }, (_, index) => Math.sin(index / 997))
        const canvas = document.createElement('canvas')
        canvas.width = canvas.height = ${side}
        document.body.append(canvas)
        const context = canvas.getContext('2d')
        const times = []
        for (let round = 0; round < 15; round += 1) {
          const start = performance.now()
          const scale = { colourMap: round % 2 ? 'viridis' : 'magma', low: -1, high: 1 }
          const picture = maps.planePicture({ values, lines: ${side}, samples: ${side} }, scale)
          context.drawImage(picture, 0, 0)
          context.getImageData(0, 0, 1, 1)
          times.push(performance.now() - start)
        }
        return times
      })()`)
      const times = (milliseconds as number[]).slice(3).map((time) => time / 1000)
      return [
        bounded('time to the last pixel, median of twelve', median(times), 0.05, seconds, { ours: times }),
      ]
    } finally {
      await browser.close()
    }
  },
}

/** The renderer's own painting code as one script that leaves `maps` behind. */
async function bundleOfMaps(): Promise<string> {
  const entry = resolve(import.meta.dirname, '..', '..', '..', 'src', 'renderer', 'maps', 'map-picture.ts')
  const result = await build({
    configFile: false,
    logLevel: 'error',
    build: { write: false, minify: false, lib: { entry, name: 'maps', formats: ['iife'] } },
  })
  const outputs = Array.isArray(result) ? result : [result]
  const chunk = outputs
    .flatMap((output) => ('output' in output ? output.output : []))
    .find((file) => file.type === 'chunk')
  if (chunk === undefined) throw new Error('The painting code could not be bundled.')
  return chunk.code
}
