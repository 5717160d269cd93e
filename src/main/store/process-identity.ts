import { execFile } from 'node:child_process'
import { readFile } from 'node:fs/promises'
import { hostname } from 'node:os'
import { promisify } from 'node:util'
import { z } from 'zod'

/** A process that can be told from a later one with the same number. */
export const processIdentitySchema = z.object({
  host: z.string(),
  pid: z.number().int().positive(),
  /** When it started, in the words of its system; null where the system does not say. */
  started: z.string().nullable(),
})
export type ProcessIdentity = z.infer<typeof processIdentitySchema>

export async function identityOf(pid: number): Promise<ProcessIdentity> {
  return { host: hostname(), pid, started: await startOf(pid) }
}

/**
 * Whether that very process still runs. A process of another computer (a project on a network share) cannot be
 * looked at and counts as running: taking its work away would be worse than leaving it alone.
 */
export async function isRunning(identity: ProcessIdentity): Promise<boolean> {
  if (identity.host !== hostname()) return true
  if (!(await processExists(identity.pid))) return false
  const started = await startOf(identity.pid)
  return identity.started === null || started === identity.started
}

/** Whether some process has this number. One that ended, but whose parent never asked how, is none. */
export async function processExists(pid: number): Promise<boolean> {
  try {
    process.kill(pid, 0)
  } catch (error) {
    // EPERM: there is such a process, it only belongs to somebody else.
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
  return process.platform !== 'linux' || (await startOf(pid)) !== null
}

async function startOf(pid: number): Promise<string | null> {
  try {
    if (process.platform === 'linux') return await startOnLinux(pid)
    if (process.platform === 'win32') return null
    const { stdout } = await promisify(execFile)('ps', ['-o', 'lstart=', '-p', String(pid)])
    return stdout.trim() === '' ? null : stdout.trim()
  } catch {
    return null
  }
}

/** Clock ticks since the boot, with the boot's own number; a zombie has ended already. */
async function startOnLinux(pid: number): Promise<string | null> {
  const [stat, boot] = await Promise.all([
    readFile(`/proc/${pid}/stat`, 'utf8'),
    readFile('/proc/sys/kernel/random/boot_id', 'utf8'),
  ])
  // The name in brackets may hold blanks and brackets itself: fields are counted after the last one.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  const [state] = fields
  const ticks = fields[19]
  if (state === 'Z' || ticks === undefined) return null
  return `${boot.trim()}:${ticks}`
}
