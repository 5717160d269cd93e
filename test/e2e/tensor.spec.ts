import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import type { Page } from '@playwright/test'
import { writeNpy } from '../../src/main/formats/npy-writer'
import { createProject, dropFiles, goTo, importDialog, said } from './support/actions'
import { expect, test } from './support/test'

test.beforeEach(async ({ page }) => {
  await createProject(page, 'Tensors')
})

const shape = [12, 10, 8, 6]

/** A 4-way tensor of rank (2, 2, 2, 2) and a mask of a few of its entries. */
async function writeTensor(folder: string): Promise<[tensor: string, mask: string]> {
  const [tensor, mask] = [join(folder, 'plant.npy'), join(folder, 'plant_missing.npy')]
  const count = shape.reduce((product, size) => product * size, 1)
  const wave = (index: number, size: number, component: number) =>
    Math.sin(((index + 1) * (component + 1) * Math.PI) / (size + 1))
  const values = Float64Array.from({ length: count }, (_, place) => {
    const at = [Math.floor(place / 480), Math.floor(place / 48) % 10, Math.floor(place / 6) % 8, place % 6]
    return [0, 1].reduce(
      (sum, component) =>
        sum +
        at.reduce(
          (product, index, mode) => product * wave(index, shape[mode] ?? 1, component),
          3 - component,
        ),
      0,
    )
  })
  await writeNpy(tensor, 'float64', shape, values)
  await writeNpy(
    mask,
    'bool',
    shape,
    Uint8Array.from(values, (_, place) => (place % 17 === 0 ? 1 : 0)),
  )
  return [tensor, mask]
}

async function confirmTensor(page: Page, name: string): Promise<void> {
  await importDialog(page)
    .getByRole('button', { name: /^import/i })
    .click()
  await expect(page.getByRole('heading', { level: 1, name })).toBeVisible()
  await expect(page.getByRole('application', { name: /Arrow keys read pixels/ })).toBeVisible()
}

test('a FROSTT file and a gzipped long table become scattered tensors', async ({ page, folders }) => {
  const tns = join(folders.files, 'reads.tns')
  await writeFile(tns, '# made\n1 1 1 2.5\n3 2 4 1\n3 2 4 1.5\n2 1 2 -1\n')
  await dropFiles(page, [tns])
  const dialog = importDialog(page)
  await expect(dialog).toContainText('count from 1 (detected)')
  await expect(dialog).toContainText(/1 entry stands at a place that is taken already/)
  await confirmTensor(page, 'reads')
  await expect(said(page, '3 × 2 × 4')).toBeVisible()

  const table = join(folders.files, 'air.csv.gz')
  const rows = Array.from(
    { length: 60 },
    (_, i) => `${i % 5},${0.5 * (i % 6)},${i},${i / 7},${i % 3 === 0 ? 1 : 0}`,
  )
  await writeFile(table, gzipSync(`station,depth,hour,value,test0\n${rows.join('\n')}\n`))
  await dropFiles(page, [table])
  await expect(dialog).toContainText('hold-out fold')
  await confirmTensor(page, 'air')
  await expect(said(page, /20 kept back/)).toBeVisible()
})

test('a tensor with its mask is looked at in slices, and its modes are named', async ({ page, folders }) => {
  await dropFiles(page, await writeTensor(folders.files))
  await expect(importDialog(page)).toContainText('plant_missing.npy')
  await confirmTensor(page, 'plant')
  await expect(said(page, /339 \(5\.89\s%\)/)).toBeVisible()

  const third = page.getByRole('slider', { name: 'mode 3' })
  await third.focus()
  const before = await third.inputValue()
  await third.press('ArrowRight')
  await expect(third).toHaveValue(String(Number(before) + 1))
  await expect(said(page, `mode 3 ${Number(before) + 1}, mode 4 2`)).toBeVisible()

  await page.getByRole('button', { name: /Edit names, units and coordinates/ }).click()
  const dialog = page.getByRole('dialog', { name: 'Modes of plant' })
  await dialog.getByLabel('Name of mode 3').fill('wavelength')
  await dialog.getByLabel('Unit of mode 3').fill('nm')
  await dialog.getByLabel('Coordinates of mode 3').fill('400:25')
  await dialog.getByRole('button', { name: 'Save' }).click()
  await expect(page.getByRole('slider', { name: 'wavelength' })).toBeVisible()
  // The slice stays where it was moved to.
  await expect(said(page, `wavelength ${400 + 25 * (Number(before) + 1)} nm`)).toBeVisible()
})

test('the curve of error against size leads to ranks, and those to a reconstruction', async ({
  page,
  folders,
}) => {
  const [tensor] = await writeTensor(folders.files)
  await dropFiles(page, [tensor])
  await confirmTensor(page, 'plant')
  await page.getByRole('button', { name: 'New run' }).click()
  await page
    .getByRole('radio', { name: /Core shape/ })
    .or(page.getByText('Core shape for a budget'))
    .first()
    .click()
  await page.getByRole('button', { name: 'Run', exact: true }).click()
  const curve = page.getByRole('slider', { name: /Choice of ranks/ })
  await expect(curve).toBeVisible({ timeout: 60_000 })

  await curve.focus()
  await page.keyboard.press('Home')
  const smallest = await curve.getAttribute('aria-valuetext')
  const box = await curve.boundingBox()
  if (box === null) throw new Error('The curve is not on the page.')
  await page.mouse.move(box.x + 70, box.y + 100)
  await page.mouse.down()
  await page.mouse.move(box.x + box.width * 0.6, box.y + 150, { steps: 5 })
  await page.mouse.up()
  await expect(curve).not.toHaveAttribute('aria-valuetext', smallest ?? '')
  await page.getByRole('button', { name: 'New run with these ranks' }).click()
  await expect(page.locator('[data-parameter="ranks"] input')).toHaveValue(/^\d+, \d+, \d+, \d+$/)
  await page.getByRole('button', { name: 'Run', exact: true }).click()
  const pictures = page.locator('[data-picture="reconstruction"]')
  await expect(pictures).toContainText('Original − reconstruction', { timeout: 60_000 })
  await expect(pictures).toContainText(/Of this slice the residual is/)
  await expect(page.locator('[data-artifact="factors-4"]')).toBeVisible()
})

test('bad tensors are explained and leave nothing behind', async ({ page, folders }) => {
  const files: [name: string, text: string, says: RegExp][] = [
    ['torn.tns', '1 1 1 2\n1 1 2\n2 2 2 2\n1 1 1 1\n', /Line 2 of torn\.tns has 3 numbers/],
    ['words.csv', 'i,j,k,value\n1,2,1,x\n', /holds words, not values/],
    ['twice.csv', 'i,j,k,value\n1,2,1,3\n1,2,1,4\n', /taken already: choose whether such entries are summed/],
  ]
  for (const [name, text, says] of files) {
    const path = join(folders.files, name)
    await writeFile(path, text)
    await dropFiles(page, [path])
    await expect(said(page, says)).toBeVisible()
    await page.keyboard.press('Escape')
  }
  await goTo(page, 'Datasets')
  await expect(page.getByText('No datasets yet')).toBeVisible()
})
