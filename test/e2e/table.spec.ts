import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Page } from '@playwright/test'
import { createProject, dropFiles, expectRunState, importDialog, said, startRun } from './support/actions'
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
