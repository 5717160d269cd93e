import { expect, type Locator, type Page } from '@playwright/test'

/** Makes a project in the usual folder and waits for its page. */
export async function createProject(page: Page, name: string): Promise<void> {
  await page.getByRole('button', { name: 'New project', exact: true }).click()
  const dialog = page.getByRole('dialog', { name: 'New project' })
  await dialog.getByLabel('Name').fill(name)
  await dialog.getByRole('button', { name: 'Create' }).click()
  await expect(page.getByRole('heading', { level: 1, name })).toBeVisible()
}

/** Makes the sample project and waits for the picture of its scene. */
export async function trySample(page: Page): Promise<void> {
  await page.getByRole('button', { name: 'Try a sample' }).click()
  await expect(scene(page)).toHaveAttribute('data-ready', 'true', { timeout: 60_000 })
}

/** The picture of the dataset on the page. */
export function scene(page: Page): Locator {
  return page.getByTestId('scene')
}

/** Goes to an area of the rail. */
export async function goTo(page: Page, area: 'Project' | 'Datasets' | 'Runs' | 'Reports'): Promise<void> {
  await page.getByRole('navigation', { name: 'Areas' }).getByRole('link', { name: area, exact: true }).click()
  await expect(page.getByRole('main')).toBeVisible()
}

/** The dialog that shows what an import would make. */
export function importDialog(page: Page): Locator {
  return page.getByRole('dialog', { name: /import/i })
}

/** Says yes to an import and waits for the dataset's page. */
export async function confirmImport(page: Page): Promise<void> {
  const dialog = importDialog(page)
  await expect(dialog.getByTestId('import-preview')).toBeVisible()
  await dialog.getByRole('button', { name: /^import/i }).click()
  await expect(scene(page)).toHaveAttribute('data-ready', 'true', { timeout: 30_000 })
}

/**
 * Drops files on the window. They come from a file input, so that they are files of the disk in both shells: a
 * made-up `File` has no path for Electron to find.
 */
export async function dropFiles(page: Page, paths: readonly string[]): Promise<void> {
  await page.evaluate(() => {
    const input = document.createElement('input')
    input.type = 'file'
    input.multiple = true
    input.id = 'dropped-by-test'
    input.hidden = true
    document.body.append(input)
  })
  await page.locator('#dropped-by-test').setInputFiles([...paths])
  await page.evaluate(() => {
    const input = document.querySelector<HTMLInputElement>('#dropped-by-test')
    const dataTransfer = new DataTransfer()
    for (const file of input?.files ?? []) dataTransfer.items.add(file)
    for (const type of ['dragenter', 'dragover', 'drop']) {
      window.dispatchEvent(new DragEvent(type, { dataTransfer, bubbles: true, cancelable: true }))
    }
    input?.remove()
  })
}

/** What the page says in notices, dialogs and fields. */
export function said(page: Page, words: RegExp | string): Locator {
  return page.getByText(words).first()
}

/** Clicks the picture at a place counted in parts of its shorter side from its middle, where the scene is. */
export async function clickScene(page: Page, right: number, down: number): Promise<void> {
  const box = await scene(page).boundingBox()
  if (box === null) throw new Error('The scene is not on the page.')
  const side = Math.min(box.width, box.height)
  const position = { x: box.width / 2 + right * side, y: box.height / 2 + down * side }
  await scene(page).click({ position })
}

/** Settings of a new run: number fields by their label. */
export type RunSettings = Readonly<Record<string, string>>

/** Opens the form of a method from the dataset on the page, fills it in and presses Run. */
export async function askForRun(page: Page, method: RegExp, settings: RunSettings): Promise<void> {
  await page
    .getByRole('button', { name: 'New run' })
    .or(page.getByRole('link', { name: 'New run' }))
    .first()
    .click()
  await page.getByRole('radio', { name: method }).check()
  const advanced = page.locator('summary', { hasText: 'Advanced' })
  for (const [label, value] of Object.entries(settings)) {
    const field = page.getByRole('textbox', { name: label })
    if (!(await field.isVisible())) await advanced.click()
    await field.fill(value)
  }
  await page.getByRole('button', { name: 'Run', exact: true }).click()
}

/** The same, and the run has a page. */
export async function startRun(page: Page, method: RegExp, settings: RunSettings): Promise<void> {
  await askForRun(page, method, settings)
  await expect(page.locator('.run[data-run]')).toBeVisible()
}

/** Waits for the run on the page to come to a state. */
export async function expectRunState(page: Page, state: string, timeout = 60_000): Promise<void> {
  await expect(page.locator('.run[data-run]')).toHaveAttribute('data-state', state, { timeout })
}

/** A run of the quickest method on the sample, with its result on the page. */
export async function finishedRun(page: Page): Promise<void> {
  await trySample(page)
  await startRun(page, /structured sparse nmf/i, {
    'Endmembers': '4',
    'Iteration limit': '40',
    'Starts tried': '1',
  })
  await expectRunState(page, 'succeeded')
}
