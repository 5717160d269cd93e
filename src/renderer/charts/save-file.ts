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

/** The picture of a canvas as a PNG file. */
export function pngOf(canvas: HTMLCanvasElement): Promise<Blob> {
  return new Promise((resolve, reject) => {
    canvas.toBlob((blob) => {
      if (blob === null)
        reject(new Error('The browser could not make a PNG of this picture: it may be too large.'))
      else resolve(blob)
    }, 'image/png')
  })
}
