import { clickScene, goTo, scene, trySample } from './support/actions'
import { expect, test } from './support/test'

test.beforeEach(async ({ page }) => {
  await trySample(page)
})

test('pixels are pinned by click and by keyboard, and their spectra are drawn', async ({ page }) => {
  await clickScene(page, -0.2, -0.2)
  await expect(page.getByTestId('pin')).toHaveCount(1)
  await clickScene(page, 0.2, 0.1)
  await scene(page).focus()
  await page.keyboard.press('ArrowRight')
  await page.keyboard.press('ArrowDown')
  await page.keyboard.press('Enter')
  await expect(page.getByTestId('pin')).toHaveCount(3)
  await expect(page.getByRole('list', { name: 'Pinned pixels' })).not.toContainText(/could not|problem/i)
  await page.getByRole('button', { name: 'Remove all pins' }).click()
  await expect(page.getByTestId('pin')).toHaveCount(0)
})

test('bands, stretch and single-band view redraw the picture', async ({ page }) => {
  const picture = (): Promise<string> =>
    scene(page)
      .locator('canvas')
      .evaluate((element) => (element instanceof HTMLCanvasElement ? element.toDataURL() : ''))
  const first = await picture()
  await page.getByRole('slider', { name: 'Red band' }).fill('3')
  await expect.poll(picture).not.toBe(first)
  await expect(scene(page)).toHaveAttribute('data-ready', 'true')
  const second = await picture()
  await page.getByRole('combobox', { name: 'Stretch' }).click()
  await page.getByRole('option', { name: /min.max/i }).click()
  await expect.poll(picture).not.toBe(second)
})

test('a dataset is deleted and comes back by undo', async ({ page }) => {
  await goTo(page, 'Datasets')
  const card = page.getByTestId('dataset-card')
  await card.getByRole('button', { name: /^more about/i }).click()
  await page.getByRole('menuitem', { name: 'Delete' }).click()
  await expect(card).toHaveCount(0)
  await page.getByTestId('toast').getByRole('button', { name: 'Undo' }).click()
  await expect(card).toHaveCount(1)
})
