import { execFileSync } from 'node:child_process'
import { join } from 'node:path'
import { askForRun, confirmImport, createProject, dropFiles } from './support/actions'
import { writeEnvi } from './support/scene-files'
import { expect, test } from './support/test'

const noMounts =
  process.platform === 'linux' && process.getuid?.() === 0
    ? null
    : 'small and read-only disks are mounted by root on Linux only'

/** Mounts a disk, does something, and takes the disk away whatever happened. */
async function withMount(folder: string, words: string[][], work: () => Promise<void>): Promise<void> {
  for (const each of words) execFileSync('mount', each)
  try {
    await work()
  } finally {
    execFileSync('umount', ['--lazy', folder])
  }
}

test('negative reflectance is refused by its place where a method cannot take it', async ({
  page,
  folders,
}) => {
  await createProject(page, 'Below zero')
  const files = await writeEnvi(folders.files, 'dark', {
    values: (values) => {
      values[(2 * 20 + 5) * 30 + 7] = -0.25
    },
  })
  await dropFiles(page, files)
  await confirmImport(page)
  await askForRun(page, /structured sparse nmf/i, { Endmembers: '3' })
  await expect(page.getByRole('alert').first()).toContainText(/negative.*line 2.*sample 5.*band 7/)
  await expect(page.locator('.run[data-run]')).toHaveCount(0)
})

test('a full disk is said in the window, and nothing half-made stays', async ({ launch, folders }) => {
  test.skip(noMounts !== null, noMounts ?? '')
  const { projects } = folders
  await withMount(projects, [['-t', 'tmpfs', '-o', 'size=2m', 'tmpfs', projects]], async () => {
    const app = await launch()
    // The sample's cube alone takes more than there is.
    await app.page.getByRole('button', { name: 'Try a sample' }).click()
    await expect(app.page.getByText(/disk is full/i).first()).toBeVisible({ timeout: 30_000 })
    await expect(app.page.getByTestId('dataset-card')).toHaveCount(0)
    await app.close()
  })
})

test('a read-only project is opened to look at, and says so', async ({ app, launch, folders }) => {
  test.skip(noMounts !== null, noMounts ?? '')
  await createProject(app.page, 'Archive')
  await app.close()
  const folder = join(folders.projects, 'Archive')
  const words = [
    ['--bind', folder, folder],
    ['-o', 'remount,bind,ro', folder],
  ]
  await withMount(folder, words, async () => {
    const reopened = await launch()
    const { page } = reopened
    await page.getByRole('button', { name: 'Open Archive' }).click()
    await expect(page.getByText(/folder is read-only/i)).toBeVisible()
    await expect(page.getByRole('button', { name: 'Import dataset' }).first()).toBeDisabled()
    await reopened.close()
  })
})
