import { expectRunState, finishedRun, goTo, startRun, trySample } from './support/actions'
import { expect, test } from './support/test'

test('methods are searched by name and family, and the form says what differs from the default', async ({
  page,
}) => {
  await trySample(page)
  await page.getByRole('button', { name: 'New run' }).click()
  const search = page.getByRole('searchbox', { name: 'Search methods' })
  await search.fill('vertex component')
  await expect(page.getByRole('radio')).toHaveCount(1)
  await search.fill('hyperspectral')
  await expect(page.getByRole('radio', { name: /vertex component analysis/i })).toBeVisible()
  await page.getByRole('radio', { name: /structured sparse nmf/i }).check()
  const field = page.getByRole('textbox', { name: 'Graph weight' })
  await field.fill('0.5')
  await page.getByRole('button', { name: /back to the default of graph weight/i }).click()
  await expect(field).toHaveValue('0.1')
})

test('a value out of range is marked in the form and nothing starts', async ({ page }) => {
  await trySample(page)
  await page.getByRole('button', { name: 'New run' }).click()
  await page.getByRole('radio', { name: /structured sparse nmf/i }).check()
  await page.getByRole('textbox', { name: 'Endmembers' }).fill('1')
  await page.getByRole('button', { name: 'Run', exact: true }).click()
  await expect(page.getByRole('alert').first()).toContainText(/2/)
  await expect(page.locator('.run[data-run]')).toHaveCount(0)
})

test('a run goes from its form to maps, spectra and the score card', async ({ page }) => {
  await finishedRun(page)
  await page.getByRole('tab', { name: 'Results' }).click()
  await expect(page.locator('[data-artifact="abundances"]').getByRole('application')).not.toHaveCount(0)
  await expect(page.locator('[data-artifact="endmembers"]')).toBeVisible()
  await page.getByRole('tab', { name: 'Score card' }).click()
  const card = page.getByRole('region', { name: 'Score card' })
  await expect(card).toContainText(/aRMSE/)
  await expect(card).toContainText('%')
  await expect(card).toContainText(/degrees|°/)
  await expect(card).toContainText('How these figures were made')
  await expect(card).toContainText(/Hungarian/i)
  await page.getByRole('tab', { name: 'Convergence' }).click()
  await expect(page.getByRole('region', { name: 'Convergence' }).locator('canvas, svg').first()).toBeVisible()
})

test('a long run is watched live and cancelled within a second, and the window answers meanwhile', async ({
  page,
}) => {
  await trySample(page)
  await startRun(page, /structured sparse nmf/i, {
    'Endmembers': '8',
    'Iteration limit': '1000000',
    'Tolerance': '0',
  })
  await expectRunState(page, 'running')
  await page.getByRole('tab', { name: 'Convergence' }).click()
  const progress = page.getByRole('region', { name: 'Progress' })
  await expect(progress).toContainText(/\d/)
  const said = await progress.innerText()
  await expect.poll(() => progress.innerText()).not.toBe(said)

  const answered = Date.now()
  await goTo(page, 'Datasets')
  await expect(page.getByRole('heading', { level: 1, name: 'Datasets' })).toBeVisible()
  expect(Date.now() - answered).toBeLessThan(2000)
  await page.goBack()

  const asked = Date.now()
  await page.getByRole('button', { name: 'Cancel run' }).click()
  await expectRunState(page, 'cancelled', 5000)
  expect(Date.now() - asked).toBeLessThan(2000)
  await expect(page.getByText('This run was cancelled')).toBeVisible()
})

test('leaving asks while a run is under way, and not otherwise', async ({ page, shell }) => {
  test.skip(shell === 'electron', 'a native dialog asks there, which Playwright cannot see')
  await trySample(page)
  const asked: string[] = []
  page.on('dialog', (dialog) => {
    asked.push(dialog.type())
    void (asked.length === 1 ? dialog.dismiss() : dialog.accept())
  })
  await startRun(page, /structured sparse nmf/i, {
    'Endmembers': '8',
    'Iteration limit': '1000000',
    'Tolerance': '0',
  })
  await expectRunState(page, 'running')
  await page.close({ runBeforeUnload: true })
  await expect.poll(() => asked).toEqual(['beforeunload'])
  // The person stayed: the page is still there and the run goes on.
  await page.getByRole('button', { name: 'Cancel run' }).click()
  await expectRunState(page, 'cancelled')
  await page.reload()
  await expectRunState(page, 'cancelled')
  expect(asked).toEqual(['beforeunload'])
})

test('runs are listed, searched, deleted and brought back', async ({ page }) => {
  await finishedRun(page)
  await goTo(page, 'Runs')
  const row = page.locator('tr[data-run]')
  await expect(row).toHaveCount(1)
  await page.getByRole('searchbox', { name: 'Search runs' }).fill('state:failed')
  await expect(row).toHaveCount(0)
  await page.getByRole('searchbox', { name: 'Search runs' }).fill('method:ss-nmf')
  await expect(row).toHaveCount(1)
  await row.getByRole('checkbox').check()
  await page.getByRole('group', { name: 'Selected runs' }).getByRole('button', { name: 'Delete' }).click()
  await expect(row).toHaveCount(0)
  await page.getByTestId('toast').getByRole('button', { name: 'Undo' }).click()
  await expect(row).toHaveCount(1)
})

test('finished runs are there after a restart', async ({ app, launch }) => {
  await finishedRun(app.page)
  const { page } = await launch()
  await page.getByRole('button', { name: /^open sample/i }).click()
  await goTo(page, 'Runs')
  await expect(page.locator('tr[data-run][data-state="succeeded"]')).toHaveCount(1)
})
