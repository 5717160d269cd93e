import { stat } from 'node:fs/promises'
import { join } from 'node:path'
import { createProject, goTo, trySample } from './support/actions'
import { expect, test } from './support/test'

test('a project is made, remembered and opened again', async ({ app, launch, folders }) => {
  await createProject(app.page, 'Moon minerals')
  expect((await stat(join(folders.projects, 'Moon minerals', 'filigree.db'))).isFile()).toBe(true)
  await expect(app.page).toHaveTitle(/Moon minerals/)

  const { page } = await launch()
  await page.getByRole('button', { name: 'Open Moon minerals' }).click()
  await expect(page.getByRole('heading', { level: 1, name: 'Moon minerals' })).toBeVisible()
})

test('the sample is a scene with its truth, ready to look at', async ({ page }) => {
  await trySample(page)
  await page.getByRole('tab', { name: /truth/i }).click()
  await expect(page.getByTestId('truth')).toContainText('Abundances')
  await goTo(page, 'Project')
  await expect(page.getByTestId('dataset-card')).toHaveCount(1)
})

test('the page keeps its place when it is loaded again', async ({ page }) => {
  await trySample(page)
  const place = page.url()
  await page.reload()
  await expect(page.getByTestId('scene')).toHaveAttribute('data-ready', 'true')
  expect(page.url()).toBe(place)
})

test('a folder that is in use by another project is refused in words', async ({ page }) => {
  await createProject(page, 'Twice')
  await page.getByRole('button', { name: 'Project', exact: true }).click()
  await page.getByRole('menuitem', { name: /new project/i }).click()
  const dialog = page.getByRole('dialog', { name: 'New project' })
  await dialog.getByLabel('Name').fill('Twice')
  await dialog.getByRole('button', { name: 'Create' }).click()
  await expect(dialog).toContainText(/Twice.*(exist|empty|already)/i)
})
