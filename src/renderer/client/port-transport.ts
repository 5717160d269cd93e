import { portMessage } from '../../shared/electron-channels'
import type { ElectronBridge } from '../../shared/platform'
import type { Transport } from './transport'

/** The Electron shell's way: a MessagePort that the preload hands over as a `filigree-port` message. */
export function createPortTransport(bridge: ElectronBridge): Transport {
  let port: MessagePort | null = null
  return {
    connect(events) {
      const receivePort = (event: MessageEvent<unknown>) => {
        const received = event.ports[0]
        // Only the preload, which shares this window, may bring the port.
        if (event.source !== window || event.data !== portMessage || received === undefined) return
        window.removeEventListener('message', receivePort)
        port = received
        received.addEventListener('message', (message: MessageEvent<unknown>) => events.message(message.data))
        received.addEventListener('close', () => events.closed())
        received.start()
        events.opened()
      }
      window.addEventListener('message', receivePort)
      bridge.requestPort()
    },
    send(message) {
      port?.postMessage(message)
    },
  }
}
