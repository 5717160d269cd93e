import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Page } from '@playwright/test'
import {
  createProject,
  dropFiles,
  expectRunState,
  goTo,
  importDialog,
  said,
  startRun,
} from './support/actions'
import { expect, test } from './support/test'

test.beforeEach(async ({ page }) => {
  await createProject(page, 'Tables')
})

/** Rows of a smooth function of two inputs; every tenth is marked as held out in a file beside. */
function tableText(count: number, start = 0): { table: string; splits: string } {
  const rows = Array.from({ length: count }, (_, row) => {
    const [a, b] = [Math.sin(1.7 * (row + start)), Math.cos(0.31 * (row + start) ** 2)]
    return [a, b, Math.sin(2 * a) + b * b + 0.02 * Math.sin(91.7 * row)]
  })
  return {
    table: `${rows.map((row) => row.map((value) => value.toFixed(5)).join(',')).join('\n')}\n`,
    splits: `${rows.map((_, row) => (row % 10 === 0 ? 1 : 0)).join('\n')}\n`,
  }
}

async function confirmTable(page: Page, name: string): Promise<void> {
  await importDialog(page)
    .getByRole('button', { name: /^import/i })
    .click()
  await expect(page.getByRole('heading', { level: 1, name })).toBeVisible()
  await expect(page.getByRole('group', { name: `Rows of ${name}` })).toBeVisible()
}

test('a table with its splits is imported, fitted, judged, and used on a new file', async ({
  page,
  folders,
}) => {
  const [table, splits, next] = ['lift.csv', 'lift_test_mask.csv', 'next.csv'].map((name) =>
    join(folders.files, name),
  )
  if (table === undefined || splits === undefined || next === undefined) throw new Error('no paths')
  const { table: text, splits: marks } = tableText(200)
  await writeFile(table, text)
  await writeFile(splits, marks)
  await writeFile(next, `column 1,column 2\n${tableText(30, 500).table.replaceAll(/,[^,\n]*$/gm, '')}`)

  await dropFiles(page, [table, splits])
  const dialog = importDialog(page)
  await expect(dialog).toContainText('1 in lift_test_mask.csv')
  await expect(dialog.getByRole('combobox', { name: 'Role of column 3' })).toContainText('Target')
  await confirmTable(page, 'lift')

  await startRun(page, /exact gaussian process/i, { 'Iteration limit': '20' })
  await expectRunState(page, 'succeeded')
  for (const title of ['Coverage', 'PIT histogram', 'Held-out rows', 'Relevance of inputs', 'Slices']) {
    await expect(page.getByRole('heading', { name: title, exact: true })).toBeVisible()
  }
  await expect(said(page, 'Coverage of 95 % intervals')).toBeVisible()

  await dropFiles(page, [next])
  await confirmTable(page, 'next')
  await startRun(page, /predict with a fitted model/i, {})
  await expectRunState(page, 'succeeded')
  await expect(page.getByRole('heading', { name: 'Predictions', exact: true })).toBeVisible()
})

test('a fitted model is saved, and predicts in another project', async ({ page, folders }) => {
  const [table, next] = ['rise.csv', 'later.csv'].map((name) => join(folders.files, name))
  if (table === undefined || next === undefined) throw new Error('no paths')
  await writeFile(table, `left,right,outcome\n${tableText(60).table}`)
  await writeFile(next, `right,left\n${tableText(20, 300).table.replaceAll(/,[^,\n]*$/gm, '')}`)
  await dropFiles(page, [table])
  await confirmTable(page, 'rise')
  await startRun(page, /exact gaussian process/i, { 'Iteration limit': '10' })
  await expectRunState(page, 'succeeded')

  await page.getByRole('button', { name: 'More actions' }).click()
  const saved = page.waitForEvent('download')
  await page.getByRole('menuitem', { name: 'Save run with its model' }).click()
  const download = await saved
  expect(download.suggestedFilename()).toBe('0001-exact-gp.run.zip')
  const model = join(folders.files, download.suggestedFilename())
  await download.saveAs(model)

  await goTo(page, 'Project')
  await page.getByRole('button', { name: 'Project', exact: true }).click()
  await page.getByRole('menuitem', { name: /new project/i }).click()
  const dialog = page.getByRole('dialog', { name: 'New project' })
  await dialog.getByLabel('Name').fill('Elsewhere')
  await dialog.getByRole('button', { name: 'Create' }).click()
  await expect(page.getByRole('heading', { level: 1, name: 'Elsewhere' })).toBeVisible()

  await dropFiles(page, [model])
  await expectRunState(page, 'succeeded')
  await expect(said(page, /Brought in from 0001-exact-gp\.run\.zip/)).toBeVisible()
  await expect(page.getByRole('heading', { name: 'Coverage', exact: true })).toBeVisible()
  await dropFiles(page, [next])
  await confirmTable(page, 'later')
  await startRun(page, /predict with a fitted model/i, {})
  await expectRunState(page, 'succeeded')
  await expect(page.getByRole('heading', { name: 'Predictions', exact: true })).toBeVisible()
})

test('a kernel is read along while it is typed, and refused in words', async ({ page, folders }) => {
  const path = join(folders.files, 'tide.csv')
  await writeFile(path, `hour,height,level\n${tableText(40).table}`)
  await dropFiles(page, [path])
  await confirmTable(page, 'tide')
  await page
    .getByRole('link', { name: 'New run' })
    .or(page.getByRole('button', { name: 'New run' }))
    .first()
    .click()
  await page.getByRole('radio', { name: /exact gaussian process/i }).check()
  const kernel = page.getByRole('textbox', { name: 'Kernel' })
  await kernel.fill('rbf * periodic[hour] + linaer')
  await expect(page.getByRole('alert')).toContainText('“linaer” is not a kernel')
  await kernel.fill('rbf * periodic[hour] + linear')
  await expect(
    said(page, /squared exponential over all inputs times periodic over input hour, plus linear/),
  ).toBeVisible()
  await kernel.fill('rbf[deep]')
  await page.getByRole('button', { name: 'Run', exact: true }).click()
  await expect(page.getByRole('alert')).toContainText('an input “deep”, which the table does not have')
  await page.getByRole('button', { name: /smooth about a plane/i }).click()
  await expect(kernel).toHaveValue('rbf + linear')
  await page.getByRole('button', { name: 'Run', exact: true }).click()
  await expectRunState(page, 'succeeded')
})

test('roles are changed in the preview, and later on the page', async ({ page, folders }) => {
  const path = join(folders.files, 'roles.csv')
  await writeFile(path, `left,right,outcome\n${tableText(40).table}`)
  await dropFiles(page, [path])
  const dialog = importDialog(page)
  await dialog.getByRole('combobox', { name: 'Role of right' }).click()
  await page.getByRole('option', { name: 'Unused' }).click()
  await expect(dialog.getByRole('combobox', { name: 'Role of right' })).toContainText('Unused')
  await confirmTable(page, 'roles')
  const picker = page.getByRole('combobox', { name: 'Role of right' })
  await expect(picker).toContainText('Unused')
  await picker.click()
  await page.getByRole('option', { name: 'Input' }).click()
  await expect(picker).toContainText('Input')
})
