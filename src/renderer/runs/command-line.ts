import { filigreeCommand, inputFlags, sceneOf, valueArgument } from '../../shared/command-line'
import type { RunRequest } from '../../shared/run'

/** The command that asks for the same run from a terminal, in the project that lies in `folder`. */
export function runCommand(request: RunRequest, folder: string): string {
  const scene = sceneOf(Object.values(request.inputs))
  const inputs = inputFlags(request.inputs, scene)
  const parameters = Object.entries(request.parameters).flatMap(([name, value]) => [
    '--set',
    `${name}=${valueArgument(value)}`,
  ])
  const seed = request.seed === undefined || request.seed === 0 ? [] : ['--seed', String(request.seed)]
  const threads =
    request.threads === undefined || request.threads === null ? [] : ['--threads', String(request.threads)]
  return filigreeCommand([
    'run',
    ...(scene === null ? [] : [scene]),
    '--project',
    folder,
    '--method',
    request.method,
    ...inputs,
    ...parameters,
    ...seed,
    ...threads,
  ])
}
