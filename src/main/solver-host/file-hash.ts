import { sha256OfFile, withFile } from '../formats'

/** The sha-256 of a file as hexadecimal text, read in pieces. `onBytes` is told how many were read so far. */
export function hashFile(
  path: string,
  signal?: AbortSignal,
  onBytes?: (bytes: number) => void,
): Promise<string> {
  return withFile(path, (file) => sha256OfFile(file, signal, onBytes))
}
