/**
 * The colour a token has now, as `rgb(...)`, for canvases and charts that know nothing of CSS variables.
 * Ask again when the theme changes.
 */
export function tokenColour(name: `--${string}`): string {
  const probe = document.createElement('span')
  probe.style.color = `var(${name})`
  probe.style.display = 'none'
  document.body.append(probe)
  const colour = getComputedStyle(probe).color
  probe.remove()
  return colour
}

/** How many series colours the tokens hold. */
export const seriesColourCount = 8

/** The token of the series or pin with this position; they repeat after eight. */
export function seriesToken(index: number): `--${string}` {
  return `--series-${(index % seriesColourCount) + 1}`
}
