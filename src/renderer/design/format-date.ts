const day = new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'short', year: 'numeric' })
const moment = new Intl.DateTimeFormat('en-GB', {
  day: 'numeric',
  month: 'short',
  year: 'numeric',
  hour: '2-digit',
  minute: '2-digit',
})

/** '20 Nov 2026', where the person is. */
export function formatDate(time: string): string {
  return day.format(new Date(time))
}

/** '20 Nov 2026, 08:15', where the person is. */
export function formatTime(time: string): string {
  return moment.format(new Date(time))
}
