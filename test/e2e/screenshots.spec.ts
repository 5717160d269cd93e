import type { Page } from '@playwright/test'
import { resolve } from 'node:path'
import { clickScene, expectRunState, goTo, scene, startRun, trySample } from './support/actions'
import { projectRoot, type WindowSetting } from './support/launcher'
import { expect, test } from './support/test'

/** Pictures of the README; `npm run screenshots` sets the variable and they are written anew. */
const readmePictures = process.env['FILIGREE_SCREENSHOTS'] === '1' ? ['dataset', 'run', 'report'] : []

/** The three sizes to look at before a page is done. */
const windows: readonly WindowSetting[] = [
  { width: 1440, height: 900, colours: 'light' },
  { width: 1024, height: 700, colours: 'light' },
  { width: 1920, height: 1080, colours: 'dark' },
]

for (const window of windows) {
  const size = `${window.width}x${window.height}-${window.colours}`

  test.describe(size, () => {
    test.use({ window })

    test('every page fits its window and is pictured', async ({ page }, testInfo) => {
      const picture = async (name: string): Promise<void> => {
        expect.soft(await overflow(page), `${name} scrolls sideways`).toBe(0)
        await page.mouse.move(0, 0)
        await page.screenshot({
          path: resolve(testInfo.project.outputDir, '..', 'screenshots', size, `${name}.png`),
        })
        if (readmePictures.includes(name) && window.width === 1440) {
          await page.screenshot({ path: resolve(projectRoot, 'docs', 'images', `${name}.png`) })
        }
      }

      await expect(page.getByRole('button', { name: 'Try a sample' })).toBeVisible()
      await picture('start')
      await trySample(page)
      await clickScene(page, -0.2, -0.2)
      await clickScene(page, 0.2, 0.1)
      await expect(page.getByTestId('pin')).toHaveCount(2)
      await picture('dataset')
      await startRun(page, /structured sparse nmf/i, { 'Endmembers': '4', 'Iteration limit': '300' })
      await expectRunState(page, 'succeeded')
      await page.getByRole('tab', { name: 'Results' }).click()
      await expect(
        page.locator('[data-artifact="abundances"]').getByRole('application').first(),
      ).toBeVisible()
      await picture('run')
      await page.getByRole('tab', { name: 'Convergence' }).click()
      await picture('convergence')
      await page.getByRole('tab', { name: 'Score card' }).click()
      await picture('score-card')
      await page.getByRole('button', { name: 'Create report' }).click()
      await expect(page.frameLocator('iframe').getByRole('heading', { level: 1 })).toBeVisible({
        timeout: 30_000,
      })
      await picture('report')
      await goTo(page, 'Runs')
      await expect(page.locator('tr[data-run]')).toHaveCount(1)
      await picture('runs')
      await page.getByRole('main').getByRole('link', { name: 'New run' }).click()
      await picture('new-run')
      await goTo(page, 'Datasets')
      await picture('datasets')
      await goTo(page, 'Project')
      await picture('project')
      await page.keyboard.press('ControlOrMeta+k')
      await expect(page.getByRole('dialog', { name: 'Commands' })).toBeVisible()
      await picture('palette')
      await page.keyboard.press('Escape')
      await expect(scene(page)).toHaveCount(0)
    })
  })
}

/** Pixels by which the page is wider than its window. */
async function overflow(page: Page): Promise<number> {
  return page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth)
}
