import { execFileSync } from 'node:child_process'
import { chmodSync, mkdirSync } from 'node:fs'
import { afterAll } from 'vitest'

const mounted: string[] = []

/** Why a small disk can not be made here; null where it can. */
export const noMounts: string | null = (() => {
  if (process.platform !== 'linux') return 'mounts are tried on Linux only'
  return process.getuid?.() === 0 ? null : 'mounting a small disk needs root'
})()

/** A disk of its own size at a new folder. */
export function smallDisk(folder: string, size: string): string {
  mkdirSync(folder)
  execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${size}`, 'tmpfs', folder])
  mounted.push(folder)
  return folder
}

/** Takes the right to write away: from root by mounting, for root ignores modes; from others by the mode. */
export function makeReadOnly(folder: string): void {
  if (noMounts !== null) {
    chmodSync(folder, 0o555)
    return
  }
  execFileSync('mount', ['--bind', folder, folder])
  mounted.push(folder)
  execFileSync('mount', ['-o', 'remount,bind,ro', folder])
}

/** Called within a file or block of tests: takes the disks away afterwards. */
export function unmountAfterwards(): void {
  afterAll(() => {
    for (const folder of mounted.splice(0).toReversed()) execFileSync('umount', ['--lazy', folder])
  })
}
