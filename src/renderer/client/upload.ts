import { dataAddress } from '../../shared/data-address'
import { FiligreeError } from '../../shared/failure'
import { fileEntrySchema, type FileEntry } from '../../shared/project'
import { failureOfText } from './data'

/**
 * Puts a dropped file into the project's inbox (browser shell). XMLHttpRequest, because fetch tells nothing
 * of how much of a body has gone. The host keeps nothing of what was broken off by `signal`.
 */
export function uploadFile(
  file: File,
  onProgress: (fraction: number) => void,
  signal: AbortSignal,
): Promise<FileEntry> {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest()
    request.open('PUT', dataAddress.upload(file.name))
    request.upload.addEventListener('progress', (event) => {
      if (event.lengthComputable) onProgress(event.loaded / event.total)
    })
    request.addEventListener('load', () => {
      if (request.status < 200 || request.status > 299) {
        reject(failureOfText(request.status, request.responseText))
        return
      }
      try {
        resolve(fileEntrySchema.parse(JSON.parse(request.responseText)))
      } catch (cause) {
        reject(
          new FiligreeError('internal', `The upload of ${file.name} was not confirmed. Try again.`, {
            cause,
          }),
        )
      }
    })
    request.addEventListener('error', () =>
      reject(new FiligreeError('io', `${file.name} could not be sent: the connection broke. Drop it again.`)),
    )
    const stop = () => {
      request.abort()
      reject(new FiligreeError('cancelled', `${file.name} was not sent: it was stopped.`))
    }
    signal.addEventListener('abort', stop, { once: true })
    if (signal.aborted) stop()
    else request.send(file)
  })
}
