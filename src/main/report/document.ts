/**
 * A report as a tree of parts, free of any output format: HTML is written from it today, and Markdown, LaTeX
 * or PDF can be written from the same tree. Text is plain text everywhere; a writer escapes it.
 */
export interface ReportDocument {
  title: string
  /** Lines under the title: the project, the time of the newest run. */
  byline: string[]
  /** BCP 47 tag of the language the text is in. */
  language: string
  sections: Section[]
}

export interface Section {
  /** Unique in the document; letters, digits and hyphens. */
  id: string
  title: string
  blocks: Block[]
  sections: Section[]
}

export type Block = Paragraph | List | Facts | Table | Figure | Equation | Code | Statement

/** A piece of running text. */
export type Inline = string | { style: 'strong' | 'code' | 'emphasis'; text: string }

export interface Paragraph {
  type: 'paragraph'
  text: Inline[]
}

export interface List {
  type: 'list'
  items: Inline[][]
}

/** Labels with their values, as a definition list. */
export interface Facts {
  type: 'facts'
  items: { label: string; value: Inline[] }[]
}

export interface TableColumn {
  title: string
  align: 'start' | 'end'
}

export interface TableRow {
  /** As many as there are columns; the first one names the row. */
  cells: Inline[][]
  /** Set apart from the others; the caption says why. */
  marked: boolean
}

export interface Table {
  type: 'table'
  caption: Inline[]
  columns: TableColumn[]
  rows: TableRow[]
}

/** Pictures under one caption, side by side where there is room; with the figures behind them where they are few. */
export interface Figure {
  type: 'figure'
  caption: Inline[]
  panels: Panel[]
  /** The colour bar all panels share; null for charts and composites. */
  colourBar: ColourBar | null
  /** The numbers drawn, for readers who cannot see the picture. */
  data: Table | null
}

export type Panel = ChartPanel | MapPanel

/** A chart as a complete SVG element. Strokes and texts in `currentColor` follow the page. */
export interface ChartPanel {
  type: 'chart'
  /** What the picture shows, in words. */
  description: string
  svg: string
  width: number
  height: number
}

export interface MapPanel {
  type: 'map'
  title: string
  description: string
  png: Uint8Array
  /** Pixels of the picture. */
  width: number
  height: number
  /** Positions to point out, in pixels of the picture. */
  marks: { x: number; y: number; label: string }[]
}

export interface ColourBar {
  title: string
  unit: string | null
  /** `#rrggbb` from the low end to the high end, evenly spaced. */
  colours: string[]
  low: string
  middle: string
  high: string
  /** The colour of pixels without a value, where there are such pixels. */
  missing: string | null
}

export interface Equation {
  type: 'equation'
  latex: string
  caption: string
}

/** Text in a fixed-width font, kept as it is. */
export interface Code {
  type: 'code'
  caption: Inline[]
  text: string
}

/** Something the reader must not miss. */
export interface Statement {
  type: 'statement'
  tone: 'success' | 'note' | 'warning' | 'failure'
  title: string
  text: Inline[][]
}

export const paragraph = (...text: Inline[]): Paragraph => ({ type: 'paragraph', text })

export const code = (text: string): Inline => ({ style: 'code', text })

export const strong = (text: string): Inline => ({ style: 'strong', text })

/** A table row of plain cells. */
export function row(cells: (string | Inline[])[], marked = false): TableRow {
  return { cells: cells.map((cell) => (typeof cell === 'string' ? [cell] : cell)), marked }
}
