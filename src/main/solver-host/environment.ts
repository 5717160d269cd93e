import { arch, cpus, release, totalmem, type } from 'node:os'
import type { Environment } from '../../shared/run'
import { loadNative } from '../methods/native'

/** What runs here: enough for another person to say why figures differ. */
export function readEnvironment(version: string): Environment {
  const native = loadNative().version()
  const processors = cpus()
  const { electron, node } = process.versions as Partial<NodeJS.ProcessVersions>
  return {
    filigree: version,
    native: native.version,
    libraries: native.libraries,
    target: native.target,
    runtime: electron === undefined ? `Node ${node}` : `Electron ${electron}, Node ${node}`,
    system: `${type()} ${release()} ${arch()}`,
    processor: processors[0]?.model.trim() ?? 'unknown',
    cores: processors.length,
    memoryBytes: totalmem(),
  }
}
