import { AxeBuilder } from '@axe-core/playwright'
import type { Page } from '@playwright/test'
import { createProject, finishedRun, goTo, scene } from './support/actions'
import { expect, test } from './support/test'

/** What axe finds on the page, as sentences. */
async function findings(page: Page): Promise<string[]> {
  const { violations } = await new AxeBuilder({ page }).setLegacyMode().analyze()
  return violations.map(
    ({ id, help, nodes }) => `${id}: ${help} (${nodes.map((node) => node.target.join(' ')).join('; ')})`,
  )
}

for (const colours of ['light', 'dark'] as const) {
  test.describe(`${colours} colours`, () => {
    test.use({ window: { width: 1440, height: 900, colours } })

    test('the first pages have no barriers that axe knows', async ({ page }) => {
      await expect(page.getByRole('button', { name: 'Try a sample' })).toBeVisible()
      expect(await findings(page)).toEqual([])
      await createProject(page, 'Open to all')
      expect(await findings(page)).toEqual([])
      await goTo(page, 'Datasets')
      expect(await findings(page)).toEqual([])
    })

    test('datasets, runs and reports have no barriers that axe knows', async ({ page }) => {
      await finishedRun(page)
      for (const tab of ['Results', 'Convergence', 'Score card', 'Parameters', 'Log', 'Files']) {
        await page.getByRole('tab', { name: tab }).click()
        expect.soft(await findings(page), `run, ${tab}`).toEqual([])
      }
      await goTo(page, 'Runs')
      expect.soft(await findings(page), 'runs').toEqual([])
      await page.getByRole('main').getByRole('link', { name: 'New run' }).click()
      expect.soft(await findings(page), 'new run').toEqual([])
      await goTo(page, 'Reports')
      expect.soft(await findings(page), 'reports').toEqual([])
      await goTo(page, 'Datasets')
      await page.getByTestId('dataset-card').getByRole('heading').getByRole('link').click()
      await expect(scene(page)).toHaveAttribute('data-ready', 'true')
      expect.soft(await findings(page), 'dataset').toEqual([])
    })
  })
}
