/** Saves bytes or text made in the window as a download. */
export function saveFile(name: string, content: Blob | string, type = 'text/plain'): void {
  const blob = typeof content === 'string' ? new Blob([content], { type: `${type};charset=utf-8` }) : content
  const address = URL.createObjectURL(blob)
  saveAddress(name, address)
  setTimeout(() => {
    URL.revokeObjectURL(address)
  }, 10_000)
}

/** Saves what an address of this window gives. */
export function saveAddress(name: string, address: string): void {
  const link = document.createElement('a')
  link.href = address
  link.download = name
  document.body.append(link)
  link.click()
  link.remove()
}

/** A title as a file name: lower case, words joined by hyphens, nothing a file system could mind. */
export function fileNameOf(title: string): string {
  const plain = title.normalize('NFKD').replace(/[^\p{Letter}\p{Number}]+/gu, '-')
  return (
    plain
      .replace(/^-+|-+$/g, '')
      .toLowerCase()
      .slice(0, 80) || 'figure'
  )
}
