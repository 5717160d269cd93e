import { mkdir, rm } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { FiligreeError } from '../../shared/failure'
import { datasetOfReference, type InputReference } from '../../shared/input-reference'
import { isFinished, type RunRecord } from '../../shared/run'
import { hashFile } from '../solver-host/file-hash'
import { datasetHash } from '../solver-host/resolve-inputs'
import { draftPath, moveFolderDurably, syncFolderWithFiles, writeJsonDurably } from '../store/durable-file'
import { removeUploads } from '../store/inbox'
import { runFiles } from '../store/project-paths'
import type { ProjectStore } from '../store/project-store'
import { readRunRecord } from '../store/run-folders'
import { unpackRun } from '../store/run-package'

/**
 * Takes a run that was saved as a file, by this project or by another one, in as a finished run: it gets the next number,
 * its files are held against the sha-256 of its record, and a finding says where it came from. What it read stays what it
 * was: a dataset of this project is taken for its own only where the contents are the same.
 */
export async function importRun(store: ProjectStore, path: string): Promise<RunRecord> {
  const { paths } = store
  const name = basename(path)
  const draft = draftPath(paths.runWork(`import-${process.pid}-${Date.now()}`))
  await mkdir(draft, { recursive: true })
  try {
    await unpackRun(path, name, draft)
    const brought = await readRunRecord(draft)
    if (!isFinished(brought.state)) {
      throw new FiligreeError(
        'invalid-file',
        `${name} holds a run that is ${brought.state}, not a finished one.`,
      )
    }
    await requireFiles(brought, draft, name)
    const number = store.runs.allotNumber()
    const record: RunRecord = {
      ...brought,
      number,
      id: `${String(number).padStart(4, '0')}-${brought.method.id}`,
      inputs: Object.fromEntries(
        Object.entries(brought.inputs).map(([input, value]) => [
          input,
          { ...value, reference: ownReference(store, value.reference, value.sha256) },
        ]),
      ),
      notes: [...brought.notes, `Brought in from ${name}, where it was run ${brought.number}.`],
    }
    await writeJsonDurably(join(draft, runFiles.record), record)
    await syncFolderWithFiles(draft)
    await moveFolderDurably(draft, paths.run(record.id))
    store.runs.put(record)
    await removeUploads(paths.inbox, [path])
    return record
  } catch (error) {
    await rm(draft, { recursive: true, force: true })
    throw error
  }
}

async function requireFiles({ artifacts }: RunRecord, folder: string, name: string): Promise<void> {
  for (const { file, sha256 } of artifacts) {
    const found = await hashFile(join(folder, file)).catch(() => null)
    if (found === sha256) continue
    throw new FiligreeError(
      'invalid-file',
      found === null
        ? `${name} lacks ${file}, which its run names. Save the run again.`
        : `${file} in ${name} is not what its run wrote: its sha-256 differs. Save the run again.`,
    )
  }
}

/** A reference as it can stand in this project: one to something else of the same name must not be taken for the own. */
function ownReference(store: ProjectStore, reference: InputReference, sha256: string): InputReference {
  const id = datasetOfReference(reference)
  const known = id === null ? null : store.datasets.get(id)
  const same = known !== null && datasetHash(known) === sha256
  const elsewhere = `elsewhere-${sha256.slice(0, 12)}`
  if (reference.type === 'dataset') return same ? reference : { ...reference, dataset: elsewhere }
  if (reference.type === 'truth') return { ...reference, dataset: elsewhere }
  return { ...reference, run: elsewhere }
}
