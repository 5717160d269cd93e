import Database from 'better-sqlite3'
import { rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { askForRun, confirmImport, createProject, dropFiles } from './support/actions'
import { writeEnvi } from './support/scene-files'
import { expect, test } from './support/test'

test.describe('scenes a method cannot take', () => {
  test.beforeEach(async ({ page }) => {
    await createProject(page, 'Bad input')
  })

  test('a pixel that is not a number is named by its place', async ({ app, folders }) => {
    const { page } = app
    const pixel = { line: 3, sample: 4, bands: 30, samples: 20 }
    const files = await writeEnvi(folders.files, 'holes', {
      values: (values) => {
        values[(pixel.line * pixel.samples + pixel.sample) * pixel.bands] = Number.NaN
      },
    })
    await app.chooseFiles(files.slice(0, 1), () =>
      page.getByRole('button', { name: 'Import dataset' }).first().click(),
    )
    await confirmImport(page)
    await askForRun(page, /vertex component/i, { Endmembers: '3' })
    await expect(page.getByRole('alert').first()).toContainText(/line 3.*sample 4/)
  })

  test('more endmembers than bands are refused with the number of bands', async ({ page, folders }) => {
    const size = { lines: 12, samples: 10, bands: 5 }
    await dropFiles(page, await writeEnvi(folders.files, 'narrow', { size }))
    await confirmImport(page)
    await askForRun(page, /vertex component/i, { Endmembers: '8' })
    await expect(page.getByRole('alert').filter({ hasText: /5/ }).first()).toBeVisible()
  })

  test('a file that went away after its import is named', async ({ app, folders }) => {
    const { page } = app
    const [header = '', data = ''] = await writeEnvi(folders.files, 'gone')
    await app.chooseFiles([header], () =>
      page.getByRole('button', { name: 'Import dataset' }).first().click(),
    )
    await confirmImport(page)
    await rm(data)
    await askForRun(page, /vertex component/i, { Endmembers: '3' })
    await expect(page.getByText(/gone\.img/).first()).toBeVisible()
  })
})

test('a project that went away is shown as missing and cannot be opened', async ({
  app,
  launch,
  folders,
}) => {
  await createProject(app.page, 'Wanderer')
  await app.close()
  await rename(join(folders.projects, 'Wanderer'), join(folders.projects, 'Elsewhere'))
  const { page } = await launch()
  await expect(page.getByRole('button', { name: 'Wanderer, missing' })).toBeDisabled()
})

test('a project of a newer version is refused in words and left as it was', async ({
  app,
  launch,
  folders,
}) => {
  await createProject(app.page, 'From the future')
  await app.close()
  const path = join(folders.projects, 'From the future', 'filigree.db')
  const before = new Database(path)
  before.pragma('user_version = 99')
  before.close()
  const { page } = await launch()
  await page.getByRole('button', { name: 'Open From the future' }).click()
  await expect(page.getByTestId('toast')).toContainText(/newer version of Filigree.*update/i)
  const after = new Database(path, { readonly: true })
  expect(after.pragma('user_version', { simple: true })).toBe(99)
  after.close()
})
