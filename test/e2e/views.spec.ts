import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Locator, Page } from '@playwright/test'
import { createProject, dropFiles, finishedRun, importDialog } from './support/actions'
import { expect, test } from './support/test'

const section = (page: Page, artifact: string): Locator =>
  page.locator(`[data-artifact="${artifact}"]:not([data-picture])`)
const picture = (page: Page, kind: string): Locator => page.locator(`[data-picture="${kind}"]`)
const inspector = (page: Page): Locator => page.getByRole('region', { name: 'Pixel', exact: true })

test('pointing at a map marks the pixel in the projection and shows its spectrum, and the other way round', async ({
  page,
}) => {
  await finishedRun(page)
  const map = section(page, 'abundances').getByRole('application').first()
  await map.focus()
  await map.press('ArrowDown')
  await map.press('ArrowRight')
  const projection = section(page, 'projection')
  const told = projection.getByLabel(/^Point under the pointer/)
  await expect(told).toContainText(/^\d+, \d+: PC/)
  await expect(inspector(page)).toContainText(/line \d+, sample \d+/)
  await expect(inspector(page).getByRole('application', { name: /Pixel at line/ })).toBeVisible()
  await expect(inspector(page)).toContainText('Model')

  // What is held stays while the pointer is elsewhere.
  await map.press('Enter')
  await expect(inspector(page)).toContainText('held')
  const before = await told.innerText()
  const plane = projection.getByRole('application')
  await plane.scrollIntoViewIfNeeded()
  await plane.focus()
  for (let step = 0; step < 6; step += 1) await plane.press('Shift+ArrowRight')
  await expect(told).not.toHaveText(before)
  const place = /^(\d+), (\d+):/.exec(await told.innerText())
  await expect(inspector(page)).toContainText(`line ${place?.[1] ?? ''}, sample ${place?.[2] ?? ''}`)
  await expect(section(page, 'abundances').locator('output').first()).toContainText(
    `${place?.[1] ?? ''}, ${place?.[2] ?? ''}:`,
  )
})

test('pointing at an endmember marks its map, its spectrum and its share', async ({ page }) => {
  await finishedRun(page)
  const spectra = page.getByRole('group', { name: /^Series of Endmembers/ })
  await spectra.getByRole('button').nth(1).focus()
  await expect(section(page, 'abundances').locator('figure.pointed')).toHaveCount(1)
  await expect(picture(page, 'dominant').locator('li.pointed')).toHaveCount(1)
  await picture(page, 'dominant').locator('li button').first().focus()
  await expect(spectra.locator('button.pointed').first()).toBeVisible()
})

test('charts of every kind can be read as tables', async ({ page }) => {
  await finishedRun(page)
  for (const part of [
    section(page, 'projection'),
    section(page, 'residualSpectrum'),
    picture(page, 'agreement'),
  ]) {
    await part.getByRole('button', { name: 'Show as table' }).click()
    await expect(part.getByRole('table')).toContainText(/\d/)
    await part.getByRole('button', { name: 'Show as chart' }).click()
    await expect(part.getByRole('application').first()).toBeVisible()
  }
})

test('picked pixels are moved by hand, and the run keeps its own', async ({ page }) => {
  await finishedRun(page)
  const picks = section(page, 'positions')
  await picks.getByRole('button', { name: 'Adjust picks' }).click()
  const first = picks.getByRole('button', { name: /^Pick 1,/ })
  const before = await first.getAttribute('aria-label')
  const map = picks.getByRole('application')
  await map.focus()
  await map.press('1')
  await map.press('ArrowRight')
  await expect(first).not.toHaveAttribute('aria-label', before ?? '')
  await picks.getByRole('button', { name: "Back to the run's picks" }).click()
  await expect(first).toHaveAttribute('aria-label', before ?? '')
})

test('a library is a list of spectra with their curves, and goes into a run', async ({ page, folders }) => {
  await createProject(page, 'Minerals')
  const path = join(folders.files, 'minerals.csv')
  const names = Array.from({ length: 40 }, (_, index) => `Mineral ${index + 1}`)
  const rows = Array.from({ length: 30 }, (_, band) =>
    [
      0.4 + band / 20,
      ...names.map((_name, index) => (0.3 + 0.2 * Math.sin(band / 5 + index)).toFixed(4)),
    ].join(','),
  )
  await writeFile(path, [['Wavelength (µm)', ...names].join(','), ...rows, ''].join('\n'))
  await dropFiles(page, [path])
  const dialog = importDialog(page)
  await expect(dialog.getByTestId('import-preview')).toBeVisible()
  await dialog.getByRole('button', { name: /^import/i }).click()

  const library = page.getByTestId('library')
  await expect(library.getByRole('application', { name: /Spectra of minerals/ })).toBeVisible()
  await library.getByRole('searchbox', { name: 'Find spectra by name' }).fill('mineral 27')
  await library.getByRole('checkbox', { name: 'Show Mineral 27' }).check()
  await expect(library.getByRole('group', { name: /^Series of/ })).toContainText('Mineral 27')

  await page.getByRole('button', { name: 'New run' }).click()
  await expect(page.getByRole('form', { name: 'Settings of the run' })).toContainText('Library minerals')
})
