import { mkdir, readFile, stat } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { z } from 'zod'
import { writeJsonDurably } from './durable-file'
import { databaseName } from './project-paths'

const entrySchema = z.object({ folder: z.string(), openedAt: z.string() })
const mostKept = 20

export interface RecentFolder {
  folder: string
  name: string
  openedAt: string
  missing: boolean
}

/** The projects opened last, newest first, kept in the settings folder. Losing them is no harm, so nothing here throws. */
export class RecentProjects {
  private readonly file: string

  constructor(private readonly settingsFolder: string) {
    this.file = join(settingsFolder, 'recent-projects.json')
  }

  async list(): Promise<RecentFolder[]> {
    const entries = await this.read()
    return Promise.all(
      entries.map(async ({ folder, openedAt }) => ({
        folder,
        name: basename(folder),
        openedAt,
        missing: !(await stat(join(folder, databaseName)).then(
          () => true,
          () => false,
        )),
      })),
    )
  }

  async remember(folder: string): Promise<void> {
    const others = (await this.read()).filter((entry) => entry.folder !== folder)
    await this.write([{ folder, openedAt: new Date().toISOString() }, ...others].slice(0, mostKept))
  }

  async forget(folder: string): Promise<void> {
    await this.write((await this.read()).filter((entry) => entry.folder !== folder))
  }

  private async read(): Promise<z.infer<typeof entrySchema>[]> {
    try {
      return z.array(entrySchema).parse(JSON.parse(await readFile(this.file, 'utf8')))
    } catch {
      return []
    }
  }

  private async write(entries: z.infer<typeof entrySchema>[]): Promise<void> {
    try {
      await mkdir(this.settingsFolder, { recursive: true })
      await writeJsonDurably(this.file, entries)
    } catch {
      // A home folder that cannot be written to must not keep anybody from working.
    }
  }
}
