import { execFileSync } from 'node:child_process'
import { test } from 'vitest'
import { expectFailure, temporaryFolder } from '../../../test/fixtures/temporary-folder'
import { chooseImporter } from './choose-importer'
import { RandomAccessFile } from './random-access-file'

const folder = temporaryFolder()

test('a file that is not there, and a folder, are named', async () => {
  await expectFailure(RandomAccessFile.open(folder.path('none.mat')), 'not-found', /none\.mat/)
  await expectFailure(RandomAccessFile.open(folder.path('.')), 'invalid-file', /a folder, not a file/)
})

test.skipIf(process.platform === 'win32')('a pipe is refused without waiting for its writer', async () => {
  const path = folder.path('pipe.mat')
  execFileSync('mkfifo', [path])
  await expectFailure(chooseImporter([path]), 'invalid-file', /pipe\.mat is a device or a pipe/)
})
