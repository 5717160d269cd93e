import { MessageChannelMain, type MessagePortMain, type WebContents } from 'electron'
import { electronChannels } from '../../../shared/electron-channels'
import type { Workbench } from '../../services/workbench'
import { Session, type SessionTransport } from '../session'

/** Gives a page the port it asked for. A page that is loaded again asks again; its old session ends. */
export class PortDoor {
  readonly #workbench: Workbench
  readonly #version: string
  #end: (() => void) | null = null

  constructor(workbench: Workbench, version: string) {
    this.#workbench = workbench
    this.#version = version
  }

  connect(page: WebContents): void {
    this.close()
    const { port1, port2 } = new MessageChannelMain()
    page.postMessage(electronChannels.port, null, [port2])
    const session = new Session(this.#workbench, transportOver(port1), this.#version)
    const end = (): void => {
      session.close()
      port1.close()
      if (this.#end === end) this.#end = null
    }
    port1.on('message', ({ data }) => {
      if (!session.receive(data)) end()
    })
    port1.on('close', end)
    port1.start()
    this.#end = end
  }

  close(): void {
    this.#end?.()
  }
}

function transportOver(port: MessagePortMain): SessionTransport {
  return {
    send: (message) => {
      port.postMessage(message)
    },
    // A port has no measure of what waits; progress is held to ten messages a second where it is made.
    isCongested: () => false,
  }
}
