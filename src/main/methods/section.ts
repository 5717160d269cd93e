import type { Method } from '../../shared/method'

/** Methods under a heading of their family, where people who choose one find them together. */
export function section(title: string, methods: readonly Method[]): Method[] {
  return methods.map((method) => ({ ...method, description: { ...method.description, section: title } }))
}
