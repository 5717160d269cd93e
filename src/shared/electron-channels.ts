import type { Failure } from './failure'

/**
 * The narrow door between the preload and the main process of the Electron shell. Everything else travels
 * through the message port, by `protocol.ts`.
 */
export const electronChannels = {
  /** Preload to main: asks for a message port. Main to preload: the same name carries it. */
  port: 'filigree:port',
  dropped: 'filigree:dropped-file',
  chooseFiles: 'filigree:choose-files',
  chooseFolder: 'filigree:choose-folder',
  reveal: 'filigree:reveal',
  external: 'filigree:open-external',
} as const

/** What an asked channel answers; a thrown error would lose its code and gain Electron's own words. */
export type ChannelAnswer = { output: unknown } | { failure: Failure }

/** What the page is told when its port arrives: the `data` of a window `message` event. */
export const portMessage = 'filigree-port'
