import { ipcMain, type IpcMainEvent, type IpcMainInvokeEvent, type WebFrameMain } from 'electron'
import type { z } from 'zod'
import type { ChannelAnswer } from '../../../shared/electron-channels'
import { FiligreeError } from '../../../shared/failure'
import { failureOf } from '../session'
import { isAppAddress } from './security-settings'

type Sender = Pick<IpcMainEvent | IpcMainInvokeEvent, 'senderFrame'>

/** True for the top frame of our own page: a framed report, or a page that crept in, is not heard. */
export function isTrustedSender({ senderFrame }: Sender): boolean {
  return senderFrame !== null && isTopFrame(senderFrame) && isAppAddress(senderFrame.url)
}

function isTopFrame(frame: WebFrameMain): boolean {
  return frame.parent === null
}

/** Answers a channel; the sender and the input are checked before `answer` sees anything. */
export function handleChannel<Input>(
  channel: string,
  input: z.ZodType<Input>,
  answer: (input: Input) => unknown,
): void {
  ipcMain.handle(channel, async (event, raw: unknown): Promise<ChannelAnswer> => {
    if (!isTrustedSender(event)) return { failure: untrusted.toFailure() }
    const parsed = input.safeParse(raw)
    if (!parsed.success) return { failure: notUnderstood.toFailure() }
    try {
      return { output: await answer(parsed.data) }
    } catch (error) {
      return { failure: failureOf(error) }
    }
  })
}

const untrusted = new FiligreeError('not-allowed', 'This page may not use Filigree.')
const notUnderstood = new FiligreeError('not-allowed', 'This message is not part of the protocol.')

/** Listens to a channel without an answer or input, from the trusted page only. */
export function listenChannel(channel: string, listener: (event: IpcMainEvent) => void): void {
  ipcMain.on(channel, (event) => {
    if (isTrustedSender(event)) listener(event)
  })
}
