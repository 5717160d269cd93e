import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Locator, Page } from '@playwright/test'
import { barriers } from './support/barriers'
import {
  createProject,
  dropFiles,
  expectRunState,
  goTo,
  importDialog,
  said,
  startRun,
} from './support/actions'
import { expect, test } from './support/test'

test.beforeEach(async ({ page }) => {
  await createProject(page, 'Systems')
})

/** Five-point differences on a grid of `side` × `side` as a symmetric Matrix Market file, and a right-hand side. */
async function writePlane(folder: string, side: number): Promise<[matrix: string, rightHandSide: string]> {
  const [matrix, rightHandSide] = [join(folder, 'plane.mtx'), join(folder, 'plane_b.mtx')]
  const lines: string[] = []
  for (let row = 0; row < side; row += 1) {
    for (let column = 0; column < side; column += 1) {
      const at = row * side + column + 1
      lines.push(`${at} ${at} 4`)
      if (column > 0) lines.push(`${at} ${at - 1} -1`)
      if (row > 0) lines.push(`${at} ${at - side} -1`)
    }
  }
  const size = side * side
  await writeFile(
    matrix,
    `%%MatrixMarket matrix coordinate real symmetric\n% five-point differences\n${size} ${size} ${lines.length}\n${lines.join('\n')}\n`,
  )
  const values = Array.from({ length: size }, (_, at) => Math.sin(at))
  await writeFile(
    rightHandSide,
    `%%MatrixMarket matrix array real general\n${size} 1\n${values.join('\n')}\n`,
  )
  return [matrix, rightHandSide]
}

function spy(page: Page): Locator {
  return page.getByRole('application', { name: /^Entries of/ })
}

async function confirmMatrix(page: Page): Promise<void> {
  await importDialog(page)
    .getByRole('button', { name: /^import/i })
    .click()
  await expect(spy(page)).toBeVisible()
}

/** Opens the dialog of generators, chooses one and makes its dataset. */
async function generate(
  page: Page,
  title: string,
  settings: Readonly<Record<string, string>>,
): Promise<void> {
  await goTo(page, 'Datasets')
  await page.getByRole('button', { name: 'Generate' }).first().click()
  const form = page.getByTestId('generate-form')
  await form.getByRole('combobox', { name: 'Generator' }).click()
  await page.getByRole('option', { name: title }).click()
  for (const [label, value] of Object.entries(settings)) {
    await form.getByRole('textbox', { name: label, exact: true }).fill(value)
  }
  await page.getByRole('dialog').getByRole('button', { name: 'Generate' }).click()
  await expect(spy(page)).toBeVisible({ timeout: 60_000 })
}

test('a Matrix Market file is imported, looked at, inspected, advised on and solved by the advice', async ({
  page,
  folders,
}) => {
  await dropFiles(page, await writePlane(folders.files, 12))
  const dialog = importDialog(page)
  await expect(dialog).toContainText('real, symmetric')
  await expect(dialog).toContainText('plane_b.mtx')
  await confirmMatrix(page)
  await expect(said(page, 'Rows 1 to 144, columns 1 to 144: 672 entries')).toBeVisible()

  await spy(page).focus()
  for (let press = 0; press < 4; press += 1) await page.keyboard.press('+')
  await expect(page.getByRole('button', { name: 'All of it' })).toBeEnabled()
  await page.keyboard.press('Shift+ArrowRight')
  await expect(page.getByText(/^rows? .*columns? .*:/i).first()).toBeVisible()
  await page.keyboard.press('0')
  await expect(page.getByRole('button', { name: 'All of it' })).toBeDisabled()
  expect.soft(await barriers(page), 'dataset of a matrix').toEqual([])

  await startRun(page, /inspect a matrix/i, {})
  await expectRunState(page, 'succeeded')
  await expect(said(page, /^Positive definite: a Cholesky factorisation works/)).toBeVisible()
  await expect(page.getByRole('heading', { name: 'Findings' })).toBeVisible()

  await page.getByRole('link', { name: 'plane', exact: true }).click()
  await startRun(page, /advise a solver/i, {})
  await expectRunState(page, 'succeeded')
  await expect(said(page, /^2\. CG \+ Ruge-Stüben AMG.*Evidence:/)).toBeVisible()
  expect.soft(await barriers(page), 'advice').toEqual([])
  await page.getByRole('button', { name: 'Run CG + Ruge-Stüben AMG' }).click()
  await expect(page.getByRole('radio', { name: /Conjugate gradients \(CG\)/ }).first()).toBeChecked()
  await page.getByRole('button', { name: 'Run', exact: true }).click()
  await expectRunState(page, 'succeeded')
  await expect(
    said(page, /CG converged after \d+ iterations: the recomputed relative residual is/),
  ).toBeVisible()
  for (const title of ['Hierarchy', 'Ritz values', 'Solution']) {
    await expect(page.getByRole('heading', { name: title, exact: true })).toBeVisible()
  }
  await page.getByRole('tab', { name: 'Convergence' }).click()
  const residuals = page.getByRole('region', { name: 'Convergence' })
  for (const line of [/True residual/, /Recurred residual/, /Preconditioned norm .* which is never tested/]) {
    await expect(residuals.getByRole('button', { name: line })).toHaveAttribute('aria-pressed', 'true')
  }
  expect.soft(await barriers(page), 'residuals').toEqual([])
})

test('an end without a solution is told in words, on top of the run', async ({ page, folders }) => {
  await dropFiles(page, await writePlane(folders.files, 12))
  await confirmMatrix(page)
  await startRun(page, /^GMRES\(m\)/, { 'Iteration limit': '2' })
  await expectRunState(page, 'succeeded')
  const notice = page.getByRole('status').filter({ hasText: 'Not solved: the iteration limit was reached' })
  await expect(notice).toContainText(
    /reached the limit of 2 iterations at a relative residual of .* Allow more/,
  )
})

test('solvers are compared on a matrix, and runs of them beside each other', async ({ page, folders }) => {
  await dropFiles(page, await writePlane(folders.files, 10))
  await confirmMatrix(page)
  await startRun(page, /compare solvers/i, { 'Time limit of a trial': '5' })
  await expectRunState(page, 'succeeded')
  await expect(said(page, /is the fastest of \d+ to a true residual of 1e-8/)).toBeVisible()
  await expect(page.getByRole('group', { name: 'Ranking' })).toContainText('CG + IC(0)')
  await expect(page.getByRole('heading', { name: 'Time to the same true residual' })).toBeVisible()
  await page.locator('summary', { hasText: 'findings' }).click()
  await expect(said(page, /^1\. .*true residual|^1\. .*converged/)).toBeVisible()
})

test('a generated sequence of Darcy problems is solved in every way, with its solutions on the grid', async ({
  page,
}) => {
  await generate(page, 'Darcy flow', { 'Unknowns along each axis': '12, 12', 'Systems': '4' })
  await expect(said(page, '1 of 4')).toBeVisible()
  await startRun(page, /solve a sequence/i, {})
  await expectRunState(page, 'succeeded')
  const methods = page.getByRole('group', { name: 'Methods' })
  for (const name of ['GMRES(40)', 'SKR', 'Sparse LU', 'AMG-CG']) await expect(methods).toContainText(name)
  await expect(page.getByRole('slider', { name: 'system' })).toBeVisible()
})

test('time steps are played', async ({ page }) => {
  await generate(page, 'Heat and wave operators', { 'Unknowns along each axis': '14, 14' })
  await startRun(page, /time steps/i, {})
  await expectRunState(page, 'succeeded')
  const time = page.getByRole('slider', { name: 'time' })
  await expect(time).toHaveValue('0')
  await page.getByRole('button', { name: 'Play' }).click()
  await expect(time).not.toHaveValue('0')
  await page.getByRole('button', { name: 'Pause' }).click()
  expect.soft(await barriers(page), 'time steps').toEqual([])
})
