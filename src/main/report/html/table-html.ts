import type { Table, TableRow } from '../document'
import { escapeMarkup } from '../escape'
import { plainText, writeInline } from './inline-html'

/** A table with its caption above; the first cell of a row is its heading. A wide one scrolls by keyboard too. */
export function writeTable(table: Table, number: number | null): string {
  const label = number === null ? '' : `<b>Table ${number}.</b> `
  const name = (number === null ? '' : `Table ${number}: `) + plainText(table.caption)
  const heads = table.columns
    .map(({ title, align }) => `<th scope="col"${alignment(align)}>${escapeMarkup(title)}</th>`)
    .join('')
  return `<div class="table" role="region" tabindex="0" aria-label="${escapeMarkup(name)}"><table>
<caption>${label}${writeInline(table.caption)}</caption>
<thead><tr>${heads}</tr></thead>
<tbody>
${table.rows.map((row) => writeRow(row, table)).join('\n')}
</tbody>
</table></div>`
}

function writeRow(row: TableRow, table: Table): string {
  const cells = row.cells.map((cell, index) => {
    const align = alignment(table.columns[index]?.align ?? 'start')
    if (index > 0) return `<td${align}>${writeInline(cell)}</td>`
    const mark = row.marked ? '<span class="unseen"> (marked)</span>' : ''
    return `<th scope="row"${align}>${writeInline(cell)}${mark}</th>`
  })
  return `<tr${row.marked ? ' class="marked"' : ''}>${cells.join('')}</tr>`
}

function alignment(align: 'start' | 'end'): string {
  return align === 'end' ? ' class="end"' : ''
}
