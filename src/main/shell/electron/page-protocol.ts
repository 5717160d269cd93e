import { readFile } from 'node:fs/promises'
import { protocol, session } from 'electron'
import type { Workbench } from '../../services/workbench'
import { commonHeaders, dataHeadersFor, pageHeaders } from '../content-security'
import type { RendererFile } from '../renderer-files'
import { appHost, appScheme } from './security-settings'

/** Serves the page and `/data/*` under `filigree://app`, in place of `file:`. */
export function servePage(
  workbench: Workbench,
  files: ReadonlyMap<string, RendererFile>,
  onError: (error: unknown) => void,
): void {
  protocol.handle(appScheme, async (request) => {
    try {
      return await answer(request, workbench, files)
    } catch (error) {
      onError(error)
      return refusal(500, 'Something in Filigree itself went wrong.')
    }
  })
}

async function answer(
  request: Request,
  workbench: Workbench,
  files: ReadonlyMap<string, RendererFile>,
): Promise<Response> {
  const url = new URL(request.url)
  if (url.host !== appHost) return refusal(404, 'There is nothing at this address.')
  if (url.pathname.startsWith('/data/')) {
    const data = await workbench.handleData(request)
    return new Response(data.body, { status: data.status, headers: dataHeadersFor(data.headers) })
  }
  const file = files.get(url.pathname)
  if (file === undefined || request.method !== 'GET') return refusal(404, 'There is nothing at this address.')
  return new Response(await readFile(file.path), { headers: pageHeaders(file.address, file.contentType) })
}

function refusal(status: number, message: string): Response {
  return new Response(`${message}\n`, {
    status,
    headers: { ...commonHeaders, 'content-type': 'text/plain; charset=utf-8' },
  })
}

/** Keeps the window off the network: the page needs nothing but its own scheme. */
export function refuseNetwork(): void {
  session.defaultSession.webRequest.onBeforeRequest((details, decide) => {
    const own = /^(filigree|devtools|data|blob):/.test(details.url)
    decide({ cancel: !own })
  })
}
