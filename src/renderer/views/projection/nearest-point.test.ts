import { describe, expect, it } from 'vitest'
import { NearestPoint } from './nearest-point'
import { toPlane, toScreen, wholePlane, zoomPlane, panPlane, type PlaneFrame } from './plane'

function random(seed: number): () => number {
  let state = seed
  return () => {
    state = (state * 1_664_525 + 1_013_904_223) % 4_294_967_296
    return state / 4_294_967_296
  }
}

describe('the plane of a projection', () => {
  const points = { x: Float64Array.from([0, 10, Number.NaN]), y: Float64Array.from([-1, 1, 0]) }
  const whole = wholePlane(points, { x: Float64Array.from([12]), y: Float64Array.from([0]) })
  const frame: PlaneFrame = { width: 400, height: 300, window: whole }

  it('shows all points and corners', () => {
    expect(whole.left).toBeLessThan(0)
    expect(whole.right).toBeGreaterThan(12)
    expect(toPlane(frame, ...toScreen(frame, 3, 0.25))).toEqual([
      expect.closeTo(3) as number,
      expect.closeTo(0.25) as number,
    ])
  })

  it('zooms about the pointer and stays where there is something to see', () => {
    const [left, top] = toScreen(frame, 3, 0.25)
    const closer = zoomPlane(frame, whole, 4, left, top)
    expect(toScreen({ ...frame, window: closer }, 3, 0.25)[0]).toBeCloseTo(left)
    expect(zoomPlane({ ...frame, window: closer }, whole, 0.1, 0, 0)).toEqual(whole)
    const away = panPlane({ ...frame, window: closer }, whole, 9999, 0)
    expect(away.left).toBeCloseTo(whole.left)
  })
})

describe('NearestPoint', () => {
  it('finds what a look at all points finds', () => {
    const next = random(7)
    const points = {
      x: Float64Array.from({ length: 3000 }, next),
      y: Float64Array.from({ length: 3000 }, next),
    }
    const frame: PlaneFrame = { width: 500, height: 400, window: { left: 0, right: 1, bottom: 0, top: 1 } }
    const nearest = new NearestPoint(points, frame)
    for (let trial = 0; trial < 50; trial += 1) {
      const [left, top] = [next() * 500, next() * 400]
      let best = -1
      let distance = 20 ** 2
      points.x.forEach((x, index) => {
        const [pointLeft, pointTop] = toScreen(frame, x, points.y[index] ?? 0)
        const away = (pointLeft - left) ** 2 + (pointTop - top) ** 2
        if (away > distance) return
        best = index
        distance = away
      })
      expect(nearest.at(left, top, 20)).toBe(best)
    }
  })

  it('finds nothing where nothing is near', () => {
    const points = { x: Float64Array.from([0.5, Number.NaN]), y: Float64Array.from([0.5, 0]) }
    const window = { left: 0, right: 1, bottom: 0, top: 1 }
    expect(new NearestPoint(points, { width: 500, height: 400, window }).at(70, 20, 8)).toBe(-1)
  })
})
