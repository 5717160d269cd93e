import type { Block, ReportDocument, Section } from '../document'
import { escapeMarkup } from '../escape'
import { writeEquation } from './equation-html'
import { writeFigure } from './figure-html'
import { writeInline } from './inline-html'
import { Numbering } from './numbering'
import { writeStatement } from './statement-html'
import { reportStyle } from './style'
import { writeTable } from './table-html'

/** Nothing is fetched and nothing runs, whatever the page is opened with: only its own style and pictures. */
const policy =
  "default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'"

/** Writes a report as one page that stands alone: style and pictures inside, no script, no link to the outside. */
export function writeHtml(document: ReportDocument): string {
  const numbering = new Numbering()
  const title = escapeMarkup(document.title)
  return `<!doctype html>
<html lang="${escapeMarkup(document.language)}">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${title}</title>
<style>
${reportStyle}
</style>
</head>
<body>
<header>
<h1>${title}</h1>
<p class="byline">${document.byline.map((line) => `<span>${escapeMarkup(line)}</span>`).join(' ')}</p>
</header>
<nav aria-labelledby="contents"><h2 id="contents">Contents</h2>
${contents(document.sections)}
</nav>
<main>
${document.sections.map((section) => writeSection(section, 2, numbering)).join('\n')}
</main>
</body>
</html>
`
}

function contents(sections: readonly Section[]): string {
  const entries = sections.map(({ id, title, sections: parts }) => {
    const below = parts.length === 0 ? '' : `\n${contents(parts)}`
    return `<li><a href="#${escapeMarkup(id)}">${escapeMarkup(title)}</a>${below}</li>`
  })
  return `<ol>${entries.join('\n')}</ol>`
}

function writeSection(section: Section, level: number, numbering: Numbering): string {
  const id = escapeMarkup(section.id)
  return `<section aria-labelledby="${id}">
<h${level} id="${id}">${escapeMarkup(section.title)}</h${level}>
${section.blocks.map((block) => writeBlock(block, numbering)).join('\n')}
${section.sections.map((part) => writeSection(part, Math.min(level + 1, 6), numbering)).join('\n')}
</section>`
}

function writeBlock(block: Block, numbering: Numbering): string {
  switch (block.type) {
    case 'paragraph':
      return `<p>${writeInline(block.text)}</p>`
    case 'list':
      return `<ul>${block.items.map((item) => `<li>${writeInline(item)}</li>`).join('\n')}</ul>`
    case 'facts':
      return `<dl class="facts">${block.items
        .map(({ label, value }) => `<dt>${escapeMarkup(label)}</dt><dd>${writeInline(value)}</dd>`)
        .join('\n')}</dl>`
    case 'table':
      return writeTable(block, numbering.table())
    case 'figure':
      return writeFigure(block, numbering.figure())
    case 'equation':
      return writeEquation(block)
    case 'code':
      return `<div class="code"><p>${writeInline(block.caption)}</p><pre tabindex="0"><code>${escapeMarkup(block.text)}</code></pre></div>`
    case 'statement':
      return writeStatement(block)
  }
}
