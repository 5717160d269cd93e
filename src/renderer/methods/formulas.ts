import temml from 'temml'
import 'temml/dist/Temml-Local.css'

/** Draws LaTeX into an element as MathML: read aloud by screen readers, crisp at every size. */
export function drawFormula(latex: string, target: HTMLElement): void {
  temml.render(latex, target, { displayMode: true, throwOnError: false })
}
