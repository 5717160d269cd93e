import type { Failure } from '../../../shared/failure'

/** What a command says: results on stdout (text, or one JSON value), everything about the way there on stderr. */
export class Output {
  constructor(readonly json: boolean) {}

  /** The result of the command. */
  result(value: unknown, text: () => string): void {
    process.stdout.write(this.json ? `${JSON.stringify(value, null, 2)}\n` : `${text()}\n`)
  }

  /** Something a person should know on the way; scripts find it on stderr. */
  note(message: string): void {
    process.stderr.write(`${message}\n`)
  }

  failure(failure: Failure): void {
    if (this.json) process.stdout.write(`${JSON.stringify({ failure }, null, 2)}\n`)
    process.stderr.write(`${failure.message}\n`)
    if (failure.code === 'internal' && failure.detail !== null) process.stderr.write(`${failure.detail}\n`)
  }
}

/** Rows under their headings; numbers are aligned to the right. */
export function table(headings: readonly string[], rows: readonly (readonly string[])[]): string {
  const widths = headings.map((heading, column) =>
    Math.max(heading.length, ...rows.map((row) => (row[column] ?? '').length)),
  )
  const numeric = headings.map((_, column) =>
    rows.every((row) => /^(?:[−-]?[\d.,e+×⁰¹²³⁴⁵⁶⁷⁸⁹⁻-]+)?$/.test(row[column] ?? '')),
  )
  const line = (cells: readonly string[]) =>
    cells
      .map((cell, column) => {
        const width = widths[column] ?? 0
        return numeric[column] === true ? cell.padStart(width) : cell.padEnd(width)
      })
      .join('  ')
      .trimEnd()
  return [line(headings), ...rows.map(line)].join('\n')
}

/** '3.2 s', '4 min 05 s'. */
export function duration(seconds: number): string {
  if (seconds < 60) return `${seconds.toFixed(seconds < 10 ? 1 : 0)} s`
  const whole = Math.round(seconds)
  const rest = String(whole % 60).padStart(2, '0')
  if (whole < 3600) return `${Math.floor(whole / 60)} min ${rest} s`
  return `${Math.floor(whole / 3600)} h ${String(Math.floor((whole % 3600) / 60)).padStart(2, '0')} min`
}
