import temml from 'temml'
import type { Equation } from '../document'
import { escapeMarkup } from '../escape'

/** A displayed equation as MathML. LaTeX that does not parse is printed as it is. */
export function writeEquation(equation: Equation): string {
  return `<div class="equation"><div tabindex="0" role="group" aria-label="Equation">${mathml(equation.latex)}</div><p>${escapeMarkup(equation.caption)}</p></div>`
}

function mathml(latex: string): string {
  try {
    return temml.renderToString(latex, { displayMode: true, throwOnError: true, trust: false, wrap: 'none' })
  } catch {
    return `<code>${escapeMarkup(latex)}</code>`
  }
}
