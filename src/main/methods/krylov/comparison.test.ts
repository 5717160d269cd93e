import { describe, expect, test } from 'vitest'
import { commonHistories, performanceProfile, rank, type Trial } from './comparison'

const trial = (seconds: number, solved = true, residual = solved ? 1e-9 : 1e-2): Trial => ({
  ...{ residual, setupSeconds: seconds / 2, solveSeconds: seconds / 2, iterations: 1, memoryBytes: 0 },
  ...{ solved, ending: '', history: [] },
})

describe('a comparison of solvers', () => {
  test('ranks by total time, and what did not solve every system last, by its residual', () => {
    expect(rank([[trial(3)], [trial(0.1, false, 1e-3)], [trial(2)], [trial(9, false, 1e-5)]])).toEqual([
      2, 0, 3, 1,
    ])
    expect(
      rank([
        [trial(1), trial(1, false)],
        [trial(8), trial(9)],
      ]),
    ).toEqual([1, 0])
  })

  test('puts what gave no residual at all at the end', () => {
    expect(rank([[trial(1, false, Number.NaN)], [trial(1, false, 0.5)]])).toEqual([1, 0])
  })

  test('profiles the share of systems within a factor of the best time', () => {
    const profile = performanceProfile(
      [
        [trial(1), trial(4)],
        [trial(2), trial(2)],
        [trial(1, false), trial(1, false)],
      ],
      [1, 2],
    )
    expect(profile).toEqual([
      [0.5, 1],
      [0.5, 1],
      [0, 0],
    ])
  })

  test('lays histories of different length on common positions', () => {
    const { positions, values } = commonHistories([
      [
        [0, 1],
        [1, 0.1],
        [2, 0.01],
      ],
      [
        [0, 1],
        [1, 0.5],
      ],
    ])
    expect(positions).toEqual([0, 1, 2])
    expect([...values]).toEqual([1, 1, 0.1, 0.5, 0.01, Number.NaN])
  })

  test('thins long histories, and keeps what an empty one is', () => {
    const long = Array.from({ length: 5001 }, (_, at): [number, number] => [at, 1 / (at + 1)])
    const { positions, values } = commonHistories([long, []])
    expect(positions.length).toBeLessThanOrEqual(1002)
    expect(values[0]).toBe(1)
    expect(values[1]).toBeNaN()
  })
})
