import { cruise } from 'dependency-cruiser'
import { describe, expect, test } from 'vitest'
import configuration from '../../.dependency-cruiser.mjs'

/** Judges a made-up import by the project's rules, so that a rule that matches nothing is found out. */
const { forbidden = [] } = configuration

interface Path {
  path?: string | string[]
  pathNot?: string | string[]
}

const matches = (pattern: string | string[] | undefined, path: string): boolean =>
  pattern !== undefined && [pattern].flat().some((part) => new RegExp(part).test(path))

const fits = (rule: Path, path: string): boolean =>
  (rule.path === undefined || matches(rule.path, path)) && !matches(rule.pathNot, path)

function judges(from: string, to: string): string[] {
  return forbidden.flatMap((rule) => {
    if (!('to' in rule) || !('path' in rule.to)) return []
    return fits(rule.from, from) && fits(rule.to, to) ? [rule.name ?? 'a rule without a name'] : []
  })
}

describe('the rules of the floors', () => {
  test.each([
    ['src/renderer/App.svelte', 'src/main/services/workbench.ts'],
    ['src/renderer/App.svelte', 'node_modules/electron/electron.d.ts'],
    ['src/shared/run.ts', 'src/main/store/database.ts'],
    ['src/preload/preload.ts', 'src/main/shell/session.ts'],
    ['src/main/store/database.ts', 'src/main/services/projects.ts'],
    ['src/main/formats/envi.ts', 'src/main/store/database.ts'],
    ['src/main/methods/unmixing/vca.ts', 'src/main/solver-host/host.ts'],
    ['src/main/report/index.ts', 'src/main/services/projects.ts'],
    ['src/main/services/projects.ts', 'src/main/shell/session.ts'],
    ['src/main/solver-host/host.ts', 'src/main/services/projects.ts'],
    ['src/main/shell/cli.ts', 'src/renderer/main.ts'],
    ['src/main/shell/cli.ts', 'node_modules/electron/electron.d.ts'],
    ['src/main/shell/browser.ts', 'src/main/shell/electron/menu.ts'],
  ])('%s may not import %s', (from, to) => {
    expect(judges(from, to)).not.toEqual([])
  })

  test.each([
    ['src/renderer/App.svelte', 'src/shared/run.ts'],
    ['src/preload/preload.ts', 'node_modules/electron/electron.d.ts'],
    ['src/main/shell/electron/menu.ts', 'node_modules/electron/electron.d.ts'],
    ['src/main/solver-host/host.ts', 'src/main/report/index.ts'],
    ['src/main/solver-host/host.ts', 'src/main/store/database.ts'],
    ['src/main/services/projects.ts', 'src/main/store/database.ts'],
  ])('%s may import %s', (from, to) => {
    expect(judges(from, to)).toEqual([])
  })
})

test('every import of the project keeps to its floor', async () => {
  const { options, ...ruleSet } = configuration
  const { output } = await cruise(['src'], { ...options, ruleSet, validate: true, outputType: 'err' })
  expect(output).toMatch(/no dependency violations found/)
})
