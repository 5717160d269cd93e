import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { methods } from '../../src/main/methods'
import { projectRoot } from './source-files'

const readme = readFileSync(join(projectRoot, 'README.md'), 'utf8')
/** Ids in the second column of the table of methods. */
const named = [
  ...(readme.split('## The methods')[1]?.split('\n## ')[0] ?? '').matchAll(/^\|[^|]*\|([^|]*)\|$/gm),
]
  .flatMap(([, cell = '']) => [...cell.matchAll(/`([^`]+)`/g)])
  .map(([, id]) => id)

test('the README names every method, and none that there is not', () => {
  expect(named.toSorted()).toEqual(methods.map(({ description }) => description.id).toSorted())
})
