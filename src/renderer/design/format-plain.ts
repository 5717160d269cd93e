const units = ['B', 'kB', 'MB', 'GB', 'TB'] as const

/** Bytes for reading, in decimal units: 1 234 567 is '1.2 MB'. */
export function formatBytes(bytes: number): string {
  const power = bytes < 1000 ? 0 : Math.min(Math.floor(Math.log10(bytes) / 3), units.length - 1)
  const value = bytes / 1000 ** power
  return `${power === 0 || value >= 100 ? Math.round(value) : value.toFixed(1)}\u202f${units[power] ?? 'TB'}`
}

const day = new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'short', year: 'numeric' })
const moment = new Intl.DateTimeFormat('en-GB', {
  day: 'numeric',
  month: 'short',
  year: 'numeric',
  hour: '2-digit',
  minute: '2-digit',
})

/** '20 Nov 2026'. */
export function formatDate(time: string): string {
  return day.format(new Date(time))
}

/** '20 Nov 2026, 08:15'. */
export function formatTime(time: string): string {
  return moment.format(new Date(time))
}

/** '1 dataset', '3 datasets'. */
export function countOf(count: number, singular: string, plural = `${singular}s`): string {
  return `${count.toLocaleString('en')} ${count === 1 ? singular : plural}`
}
