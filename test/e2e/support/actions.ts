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
