import { describe, expect, it, vi } from 'vitest'
import { CommandRegistry } from './commands.svelte'

describe('CommandRegistry', () => {
  it('takes back what was registered, and only that', () => {
    const registry = new CommandRegistry()
    registry.register({ id: 'a', title: 'A', group: 'G', run: vi.fn() })
    const leave = registry.register({ id: 'b', title: 'B', group: 'G', run: vi.fn() })
    leave()
    expect(registry.list.map((command) => command.id)).toEqual(['a'])
  })

  it('lets a later command of the same id stand in for the earlier one', () => {
    const registry = new CommandRegistry()
    const [first, second] = [vi.fn(), vi.fn()]
    const leave = registry.register({ id: 'a', title: 'A', group: 'G', run: first })
    registry.register({ id: 'a', title: 'A again', group: 'G', run: second })
    leave()
    registry.run('a')
    expect(first).not.toHaveBeenCalled()
    expect(second).toHaveBeenCalledOnce()
  })

  it('does not run what is not enabled', () => {
    const registry = new CommandRegistry()
    const run = vi.fn()
    registry.register({ id: 'a', title: 'A', group: 'G', enabled: () => false, run })
    registry.run('a')
    expect(run).not.toHaveBeenCalled()
  })
})
