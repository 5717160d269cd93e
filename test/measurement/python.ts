import { spawnSync } from 'node:child_process'

/** Peers and oracles run in the Python that `FILIGREE_PYTHON` names, else in `python3`. */
const python = process.env['FILIGREE_PYTHON'] ?? 'python3'

/** The modules of a list that Python cannot import; all of them where there is no Python. */
export function missingModules(modules: readonly string[]): string[] {
  const script = `import importlib, sys
for name in sys.argv[1:]:
    try: importlib.import_module(name)
    except Exception: print(name)`
  const found = spawnSync(python, ['-c', script, ...modules], { encoding: 'utf8' })
  return found.status === 0 ? found.stdout.split('\n').filter((name) => name !== '') : [...modules]
}

/** The command that installs Python packages. */
export function installCommand(packages: readonly string[]): string {
  return `${python} -m pip install ${packages.join(' ')}`
}

/** Runs a script with one thread for its linear algebra unless told otherwise; throws with its own words where it fails. */
export function runPython(parameters: readonly string[], threads = 1): string {
  const environment = { ...process.env, OMP_NUM_THREADS: `${threads}`, OPENBLAS_NUM_THREADS: `${threads}` }
  const { status, stdout, stderr, error } = spawnSync(python, [...parameters], {
    encoding: 'utf8',
    env: environment,
    maxBuffer: 2 ** 26,
  })
  if (status === 0) return stdout
  throw new Error(`${python} ${parameters[0] ?? ''} failed: ${error?.message ?? stderr}`)
}
