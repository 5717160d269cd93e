import type { Citation, MethodDescription } from '../../../shared/method'
import { paragraph, type Block, type Inline, type Section } from '../document'

/** What a method computes and whom to cite for it. */
export function methodSection(method: MethodDescription): Section {
  const blocks: Block[] = [
    paragraph(method.summary),
    ...method.equations.map(({ latex, caption }): Block => ({ type: 'equation', latex, caption })),
  ]
  if (method.cite.length > 0) {
    blocks.push(
      paragraph({ style: 'strong', text: method.cite.length === 1 ? 'Please cite' : 'Please cite all of' }),
    )
    blocks.push({ type: 'list', items: method.cite.map(citationText) })
  }
  return {
    id: `method-${method.id}-${method.version}`,
    title: `Method: ${method.title}`,
    blocks,
    sections: [],
  }
}

/** A reference with its identifiers as text: a report links to nothing outside itself. */
export function citationText(cite: Citation): Inline[] {
  const identifiers = [
    ...(cite.doi === undefined ? [] : [`doi:${cite.doi}`]),
    ...(cite.arxiv === undefined ? [] : [`arXiv:${cite.arxiv}`]),
  ]
  return [
    `${cite.authors} (${cite.year}). ${cite.title}. `,
    { style: 'emphasis', text: cite.venue },
    [cite.venue.endsWith('.') ? '' : '.', identifiers.length === 0 ? '' : ` ${identifiers.join(', ')}.`].join(
      '',
    ),
  ]
}
