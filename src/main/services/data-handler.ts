import { dataHeaders } from '../../shared/data-address'
import type { FailureCode } from '../../shared/failure'
import { toFiligreeError } from '../../shared/system-failure'
import { attachment, fileAnswer, textAnswer } from './data-answers'
import { matchParts, notFound, type Route } from './data-route'
import { DatasetAnswers } from './dataset-answers'
import type { DatasetService } from './dataset-service'
import type { MatrixData } from './matrix-data'
import type { ReportService } from './report-service'
import { RunAnswers } from './run-answers'
import type { RunService } from './run-service'
import type { UploadService } from './upload-service'

const statusOf: Partial<Record<FailureCode, number>> = {
  'not-found': 404,
  'not-allowed': 403,
  'read-only': 403,
  'invalid-parameter': 400,
  'disk-full': 507,
  'busy': 409,
}

/** Answers the addresses of `src/shared/data-address.ts`: bytes of arrays and files of the open project. */
export class DataHandler {
  private readonly routes: readonly Route[]

  constructor(
    private readonly datasets: DatasetService,
    runs: RunService,
    private readonly reports: ReportService,
    uploads: UploadService | null,
    matrices: MatrixData,
  ) {
    this.routes = [
      { method: 'GET', pattern: 'previews/:', handle: ([id]) => this.preview(id ?? '') },
      ...new DatasetAnswers(datasets, matrices).routes,
      ...new RunAnswers(runs).routes,
      { method: 'GET', pattern: 'reports/:', handle: ([id], address) => this.report(id ?? '', address) },
      ...(uploads === null
        ? []
        : [
            {
              method: 'PUT' as const,
              pattern: 'uploads',
              handle: (_: string[], address: URL, request: Request) => uploads.receive(address, request),
            },
          ]),
    ]
  }

  /** Never throws: a failure is an answer with its sentence as text. */
  async handle(request: Request): Promise<Response> {
    try {
      const address = new URL(request.url)
      for (const { method, pattern, handle } of this.routes) {
        const parts = matchParts(pattern, address.pathname)
        if (parts !== null && method === request.method) return await handle(parts, address, request)
      }
      return textAnswer(404, 'There is nothing at this address.')
    } catch (error) {
      const failure = toFiligreeError(error)
      return textAnswer(statusOf[failure.code] ?? 500, failure.message)
    }
  }

  private async preview(id: string): Promise<Response> {
    const plane = this.datasets.previewPlane(id)
    if (plane === null) throw notFound('This preview is not kept any more. Choose the file again.')
    return fileAnswer(plane.path, {
      [dataHeaders.dtype]: 'float32',
      [dataHeaders.shape]: `${plane.lines},${plane.samples}`,
    })
  }

  private async report(id: string, address: URL): Promise<Response> {
    const headers = address.searchParams.get('download') === '1' ? attachment(id) : {}
    return fileAnswer(this.reports.path(id), headers, 'text/html; charset=utf-8')
  }
}
