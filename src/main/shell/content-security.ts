/** Headers both shells put on what they serve. No import with side effects: tests read this file as it is. */

const policy = (directives: Readonly<Record<string, string>>): string =>
  Object.entries(directives)
    .map(([name, sources]) => `${name} ${sources}`)
    .join('; ')

/**
 * What the page may load. Only its own files run or style it; style attributes are allowed because charts
 * and popovers place themselves by them. `connect` names where the page may talk to beside its own origin.
 */
export function pagePolicy(connect: readonly string[] = []): string {
  return policy({
    'default-src': "'none'",
    'script-src': "'self'",
    'style-src': "'self'",
    'style-src-attr': "'unsafe-inline'",
    'img-src': "'self' data: blob:",
    'font-src': "'self' data:",
    'connect-src': ["'self'", ...connect].join(' '),
    'frame-src': "'self'",
    'object-src': "'none'",
    'base-uri': "'none'",
    'form-action': "'none'",
    'frame-ancestors': "'none'",
  })
}

/** What a document under `/data` may do: a report shows its own styles and pictures and runs nothing. */
export const dataPolicy = policy({
  'default-src': "'none'",
  'style-src': "'unsafe-inline'",
  'img-src': 'data:',
  'font-src': 'data:',
  'base-uri': "'none'",
  'form-action': "'none'",
  'frame-ancestors': "'self'",
  // Links of a report (a DOI) may open a new window; nothing else is allowed to it.
  'sandbox': 'allow-popups allow-popups-to-escape-sandbox',
})

/** Headers of every answer. */
export const commonHeaders: Readonly<Record<string, string>> = {
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'permissions-policy':
    'accelerometer=(), camera=(), display-capture=(), geolocation=(), gyroscope=(), hid=(), magnetometer=(), microphone=(), midi=(), payment=(), serial=(), usb=()',
}

/** The headers of an answer of `Workbench.handleData`: ours win over what the answer says of security. */
export function dataHeadersFor(answer: Headers): Headers {
  const headers = new Headers(answer)
  for (const [name, value] of Object.entries(commonHeaders)) headers.set(name, value)
  headers.set('content-security-policy', dataPolicy)
  headers.set('x-frame-options', 'SAMEORIGIN')
  if (!headers.has('cache-control')) headers.set('cache-control', 'no-store')
  return headers
}

/** The headers of a file of the renderer. Files under `assets/` carry a hash in their name and never change. */
export function pageHeaders(path: string, contentType: string, connect: readonly string[] = []): Headers {
  const headers = new Headers(commonHeaders)
  headers.set('content-type', contentType)
  headers.set('content-security-policy', pagePolicy(connect))
  headers.set('x-frame-options', 'DENY')
  headers.set(
    'cache-control',
    path.startsWith('/assets/') ? 'private, max-age=31536000, immutable' : 'no-store',
  )
  return headers
}
