import { writeFile } from 'node:fs/promises'
import { confirmImport, createProject, dropFiles, goTo, importDialog, said, scene } from './support/actions'
import { writeEnvi, writeMatlab } from './support/scene-files'
import { expect, test } from './support/test'
import { missingSharedData, missingWords, sharedData } from '../shared-data-files'

test.beforeEach(async ({ page }) => {
  await createProject(page, 'Imports')
})

test('an ENVI scene comes in by the file dialog and stays where it is', async ({ app, folders }) => {
  const { page } = app
  const [header = ''] = await writeEnvi(folders.files, 'blend')
  await app.chooseFiles([header], () => page.getByRole('button', { name: 'Import dataset' }).first().click())
  const dialog = importDialog(page)
  await expect(dialog).toContainText('30')
  await expect(dialog).toContainText(/stays? where it is|in place/i)
  await confirmImport(page)
  await expect(page.getByRole('heading', { level: 1, name: 'blend' })).toBeVisible()
})

test('an ENVI scene comes in by drop', async ({ page, folders }) => {
  await dropFiles(page, await writeEnvi(folders.files, 'dropped'))
  await confirmImport(page)
  await expect(page.getByRole('heading', { level: 1, name: 'dropped' })).toBeVisible()
})

test('the orientation of a MATLAB scene can be switched, and the preview follows', async ({
  page,
  folders,
}) => {
  await dropFiles(page, [await writeMatlab(folders.files, 'columns')])
  const dialog = importDialog(page)
  const preview = dialog.getByTestId('import-preview').locator('canvas')
  await expect(preview).toBeVisible()
  await expect(dialog).toContainText(/nRow/)
  const before = await pixels(preview)
  await dialog
    .getByLabel(/order|orientation/i)
    .first()
    .click()
  await page.getByRole('option', { selected: false }).first().click()
  await expect.poll(() => pixels(preview)).not.toBe(before)
})

test('Samson comes in by its file, right way up', async ({ page }) => {
  const missing = missingSharedData(['unmixing/samson_1.mat'])
  test.skip(missing.length > 0, missingWords(missing))
  await dropFiles(page, [sharedData('unmixing/samson_1.mat') ?? ''])
  await expect(importDialog(page)).toContainText('156')
  await confirmImport(page)
  await expect(scene(page)).toHaveAttribute('aria-label', /95 lines by 95 samples/)
})

test.describe('bad files are explained and leave nothing behind', () => {
  const nothingLeft = async (page: Parameters<typeof goTo>[0]): Promise<void> => {
    await page.keyboard.press('Escape')
    await goTo(page, 'Datasets')
    await expect(page.getByText('No datasets yet')).toBeVisible()
  }

  test('a header that promises more bytes than there are says by how many', async ({ page, folders }) => {
    await dropFiles(page, await writeEnvi(folders.files, 'short', { missingBytes: 400 }))
    await expect(said(page, /400 bytes/)).toBeVisible()
    await nothingLeft(page)
  })

  test('a truncated MATLAB file', async ({ page, folders }) => {
    await dropFiles(page, [await writeMatlab(folders.files, 'cut', { missingBytes: 5000 })])
    await expect(said(page, /cut\.mat.*(ends|truncated|cut|short|incomplete)/i)).toBeVisible()
    await nothingLeft(page)
  })

  test('a file of no known format', async ({ page, folders }) => {
    await writeFile(`${folders.files}/notes.txt`, 'not a cube')
    await dropFiles(page, [`${folders.files}/notes.txt`])
    await expect(said(page, /notes\.txt/)).toBeVisible()
    await nothingLeft(page)
  })
})

/** The picture as text, to see whether it changed. */
async function pixels(canvas: ReturnType<Parameters<typeof scene>[0]['locator']>): Promise<string> {
  return canvas.evaluate((element) => (element instanceof HTMLCanvasElement ? element.toDataURL() : ''))
}
