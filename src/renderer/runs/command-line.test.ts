import { describe, expect, it } from 'vitest'
import { shellWord } from '../../shared/command-line'
import { runCommand } from './command-line'

describe('runCommand', () => {
  it('says what differs from the defaults and nothing else', () => {
    const request = {
      method: 'ss-nmf',
      inputs: {
        cube: { type: 'dataset', dataset: 'samson' },
        start: { type: 'artifact', run: '0001-vca', artifact: 'endmembers' },
      },
      parameters: { endmembers: 3 },
      seed: 7,
      threads: null,
    } as const
    expect(runCommand(request, '/home/me/My Study')).toBe(
      "npx filigree run samson --project '/home/me/My Study' --method ss-nmf --input start=run:0001-vca/endmembers --set endmembers=3 --seed 7",
    )
  })

  it('names a library that is a dataset beside the scene', () => {
    const request = {
      method: 'sunsal',
      inputs: {
        cube: { type: 'dataset', dataset: 'cuprite' },
        library: { type: 'dataset', dataset: 'minerals' },
      },
      parameters: {},
    } as const
    expect(runCommand(request, '.')).toBe(
      'npx filigree run cuprite --project . --method sunsal --input library=dataset:minerals',
    )
  })

  it('names whose truth is meant where it is another dataset’s', () => {
    const request = (dataset: string) => ({
      method: 'fcls',
      inputs: {
        cube: { type: 'dataset' as const, dataset: 'samson' },
        spectra: { type: 'truth' as const, dataset, part: 'endmembers' as const },
      },
      parameters: {},
    })
    expect(runCommand(request('samson'), '.')).toContain('--input spectra=truth')
    expect(runCommand(request('other'), '.')).toContain('--input spectra=truth:other')
  })

  it('quotes what a shell would read otherwise', () => {
    expect(shellWord('plain-1.0')).toBe('plain-1.0')
    expect(shellWord("it's $HOME")).toBe(`'it'\\''s $HOME'`)
  })
})
