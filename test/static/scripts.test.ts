import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { contentHash } from '../../scripts/setup/project.mjs'
import { atLeast, checkScriptNode } from '../../scripts/setup/runtime.mjs'
import { plain } from '../../scripts/setup/step.mjs'
import { readCargo, readPlaywright, readVitest, skippedResult } from '../../scripts/test/result.mjs'
import { projectRoot } from './source-files'

const folder = mkdtempSync(join(tmpdir(), 'filigree-scripts-'))
afterAll(() => {
  rmSync(folder, { recursive: true })
})

function report(name: string, content: unknown): string {
  const path = join(folder, name)
  writeFileSync(path, JSON.stringify(content))
  return path
}

describe('set-up', () => {
  test('knows which Node is new enough', () => {
    expect(atLeast('22.14.0', [22, 14])).toBe(true)
    expect(atLeast('22.13.9', [22, 14])).toBe(false)
    expect(atLeast('24.0.0', [22, 14])).toBe(true)
    expect(atLeast('20.19.0', [22, 14])).toBe(false)
  })

  test('names a Node that is too old and what installs another', () => {
    expect(() => {
      checkScriptNode('18.20.4')
    }).toThrow(/Node 18\.20\.4 is too old.*20\.19[\s\S]*nvm install/)
    checkScriptNode('20.19.0')
  })

  test('sees every change of a source and none of what it makes', () => {
    const hash = contentHash(['scripts/setup'])
    expect(contentHash(['scripts/setup'])).toBe(hash)
    expect(contentHash(['scripts/setup'], (path) => !path.endsWith('step.mjs'))).not.toBe(hash)
    expect(contentHash(['no-such-folder'])).toBe(contentHash([]))
  })

  test('takes the colours off what tools say', () => {
    expect(plain('\u001b[32mgreen\u001b[39m and plain')).toBe('green and plain')
  })

  test('runs before there is a single package', () => {
    for (const script of ['start', 'setup', 'test']) {
      expect(readFileSync(join(projectRoot, 'scripts', `${script}.mjs`), 'utf8')).not.toMatch(/from '[^./n]/)
    }
  })

  test('without cargo says so, with the command that installs it', () => {
    const script = [
      `import { buildNative } from ${JSON.stringify(join(projectRoot, 'scripts/setup/native.mjs'))}`,
      `import { explain } from ${JSON.stringify(join(projectRoot, 'scripts/setup/set-up.mjs'))}`,
      // Any source that is newer than the last build makes the step stale; an empty path has no cargo.
      `await buildNative('never built').then(() => process.exit(0), (error) => { explain(error); process.exit(3) })`,
    ].join('\n')
    const { status, stderr } = spawnSync(process.execPath, ['--input-type=module', '-e', script], {
      env: { PATH: folder },
      encoding: 'utf8',
    })
    expect(stderr).toMatch(/Rust is missing[\s\S]*rustup/i)
    expect(status).toBe(3)
  })
})

describe('counts of suites', () => {
  test('of cargo, over all binaries', () => {
    const output = [
      'running 3 tests',
      'test one ... ok',
      'test two ... FAILED',
      'test three ... ignored, needs a big machine',
      'test result: FAILED. 1 passed; 1 failed; 1 ignored; 0 measured; 0 filtered out',
      'running 1 test',
      'test src/lib.rs - four (line 3) ... ok',
    ].join('\n')
    expect(readCargo(output)).toEqual({
      passed: 2,
      failed: ['cargo: two'],
      skipped: ['cargo: three'],
      reasons: [],
    })
  })

  test('of vitest, with files that fail before their first test', () => {
    const path = report('vitest.json', {
      testResults: [
        {
          name: 'a.test.ts',
          status: 'failed',
          assertionResults: [
            { fullName: 'a works', status: 'passed' },
            { fullName: 'a breaks', status: 'failed' },
            { fullName: 'a waits', status: 'skipped' },
          ],
        },
        { name: 'b.test.ts', status: 'failed', assertionResults: [] },
      ],
    })
    expect(readVitest(path, 'TypeScript')).toEqual({
      passed: 1,
      failed: ['TypeScript: a breaks', 'TypeScript: b.test.ts'],
      skipped: ['TypeScript: a waits'],
      reasons: [],
    })
  })

  test('of Playwright, with the reasons of what was skipped', () => {
    const skip = { type: 'skip', description: 'no binary' }
    const path = report('e2e.json', {
      errors: [],
      suites: [
        {
          title: 'run.spec.ts',
          specs: [
            {
              title: 'runs',
              tests: [
                { projectName: 'browser shell', status: 'expected', annotations: [] },
                { projectName: 'electron shell', status: 'skipped', annotations: [skip] },
              ],
            },
            {
              title: 'cancels',
              tests: [{ projectName: 'browser shell', status: 'unexpected', annotations: [] }],
            },
          ],
        },
      ],
    })
    expect(readPlaywright(path)).toEqual({
      passed: 1,
      failed: ['browser shell: run.spec.ts › cancels'],
      skipped: ['electron shell: run.spec.ts › runs'],
      reasons: ['electron shell: no binary (1 tests)'],
    })
  })

  test('of a suite that left no report, and of one that could not run', () => {
    expect(readVitest(join(folder, 'missing.json'), 'x').passed).toBe(0)
    expect(skippedResult('end-to-end', 'no Chromium')).toEqual({
      passed: 0,
      failed: [],
      skipped: ['end-to-end'],
      reasons: ['end-to-end: no Chromium'],
    })
  })
})
