import { createProject, finishedRun, goTo, scene } from './support/actions'
import { barriers } from './support/barriers'
import { expect, test } from './support/test'

for (const colours of ['light', 'dark'] as const) {
  test.describe(`${colours} colours`, () => {
    test.use({ window: { width: 1440, height: 900, colours } })

    test('the first pages have no barriers that axe knows', async ({ page }) => {
      await expect(page.getByRole('button', { name: 'Try a sample' })).toBeVisible()
      expect(await barriers(page)).toEqual([])
      await createProject(page, 'Open to all')
      expect(await barriers(page)).toEqual([])
      await goTo(page, 'Datasets')
      expect(await barriers(page)).toEqual([])
    })

    test('datasets, runs and reports have no barriers that axe knows', async ({ page }) => {
      await finishedRun(page)
      for (const tab of ['Results', 'Convergence', 'Score card', 'Parameters', 'Log', 'Files']) {
        await page.getByRole('tab', { name: tab }).click()
        expect.soft(await barriers(page), `run, ${tab}`).toEqual([])
      }
      await goTo(page, 'Runs')
      expect.soft(await barriers(page), 'runs').toEqual([])
      await page.getByRole('main').getByRole('link', { name: 'New run' }).click()
      expect.soft(await barriers(page), 'new run').toEqual([])
      await goTo(page, 'Reports')
      expect.soft(await barriers(page), 'reports').toEqual([])
      await goTo(page, 'Datasets')
      await page.getByTestId('dataset-card').getByRole('heading').getByRole('link').click()
      await expect(scene(page)).toHaveAttribute('data-ready', 'true')
      expect.soft(await barriers(page), 'dataset').toEqual([])
    })
  })
}
