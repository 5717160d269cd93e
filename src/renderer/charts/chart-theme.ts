import { seriesColourCount, seriesToken, tokenColour } from '../design/token-colour'

/** What a chart takes from the design tokens; colours as CSS text. */
export interface ChartTheme {
  text: string
  quietText: string
  line: string
  surface: string
  /** One colour a series, used in turn. */
  palette: readonly string[]
  font: string
}

/** The colours of the design tokens as they are now; read again when the theme changes. */
export function readChartTheme(): ChartTheme {
  return {
    text: tokenColour('--text'),
    quietText: tokenColour('--text-muted'),
    line: tokenColour('--line'),
    surface: tokenColour('--surface-panel'),
    palette: Array.from({ length: seriesColourCount }, (_, index) => tokenColour(seriesToken(index))),
    font: getComputedStyle(document.body).fontFamily,
  }
}
