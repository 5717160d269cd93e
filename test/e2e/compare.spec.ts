import { expectRunState, finishedRun, goTo } from './support/actions'
import { expect, test } from './support/test'

test('two runs are compared by what differs, with their figures, curves and maps', async ({ page }) => {
  await finishedRun(page)
  await page.getByRole('link', { name: 'Run again with changes' }).click()
  await page.getByRole('textbox', { name: 'Graph weight' }).fill('0.5')
  await page.getByRole('button', { name: 'Run', exact: true }).click()
  await expect(page.locator('.run[data-run="0002-ss-nmf"]')).toBeVisible()
  await expectRunState(page, 'succeeded')

  await goTo(page, 'Runs')
  const rows = page.locator('tr[data-run]')
  await expect(rows).toHaveCount(2)
  for (const row of await rows.all()) await row.getByRole('checkbox').check()
  await page.getByRole('group', { name: 'Selected runs' }).getByRole('button', { name: 'Compare' }).click()

  const table = page.getByRole('region', { name: 'Settings and figures' })
  const weight = table.getByRole('row', { name: /graph weight/i })
  await expect(weight).toContainText('0.1')
  await expect(weight).toContainText('0.5')
  await expect(table.getByRole('row', { name: /iteration limit/i })).toHaveCount(0)
  await expect(table.getByRole('row', { name: /mean SAD/i })).toContainText(/\d/)
  // A curve of both, and maps of both under one bar.
  await expect(page.getByRole('application').first()).toBeVisible()
  expect(await page.getByRole('application').count()).toBeGreaterThan(2)
})
