import { expect, it } from 'vitest'
import { fileNameOf } from './save-file'

it.each([
  ['Endmembers of run 7 (SS-NMF)', 'endmembers-of-run-7-ss-nmf'],
  ['../../etc/passwd', 'etc-passwd'],
  ['   ', 'figure'],
])('makes a file name of %s', (title, name) => {
  expect(fileNameOf(title)).toBe(name)
})
