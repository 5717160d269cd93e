import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { finishedRun, goTo } from './support/actions'
import { expect, test } from './support/test'

test('a report is one file that runs nothing and loads nothing', async ({ page, folders }) => {
  await finishedRun(page)
  await page.getByRole('button', { name: 'Create report' }).click()
  const shown = page.frameLocator('iframe')
  await expect(shown.getByRole('heading', { level: 1 })).toBeVisible({ timeout: 30_000 })
  await expect(shown.locator('body')).toContainText(/Structured sparse NMF/)
  await expect(shown.locator('body')).toContainText(/Zhu/)
  await expect(shown.locator('body')).toContainText(/filigree run/)

  const [project = ''] = await readdir(folders.projects)
  const reports = join(folders.projects, project, 'reports')
  const files = (await readdir(reports)).filter((name) => name.endsWith('.html'))
  expect(files).toHaveLength(1)
  const html = await readFile(join(reports, files[0] ?? ''), 'utf8')
  expect(html).not.toMatch(/<script|<link[^>]+href=["']?http|src=["']?http|@import|url\(["']?http/i)
  expect(html).toContain('<svg')

  await goTo(page, 'Reports')
  await expect(page.getByRole('main')).toContainText(/report/i)
})
