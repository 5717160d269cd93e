import { EventListeners } from '../client/event-listeners'
import { vi } from 'vitest'
import type { EventName, EventPayload, RequestInput, RequestName, RequestOutput } from '../../shared/protocol'
import type { Client } from '../client/client'

type Answers = {
  [Name in RequestName]?: (input: RequestInput<Name>) => RequestOutput<Name> | Promise<RequestOutput<Name>>
}

/** A client for tests: answers from a table, tells what was asked, and speaks events when told to. */
export function fakeClient(answers: Answers) {
  const listeners = new EventListeners()
  const asked = vi.fn<(name: RequestName, input: unknown) => void>()
  const client: Client = {
    async request<Name extends RequestName>(name: Name, input: RequestInput<Name>) {
      asked(name, input)
      const answer = answers[name]
      if (answer === undefined) throw new Error(`The test has no answer for ${name}.`)
      return answer(input)
    },
    listen: listeners.listen,
    onConnection(listener) {
      listener('open')
      return () => undefined
    },
  }
  return {
    client,
    asked,
    emit<Name extends EventName>(name: Name, payload: EventPayload<Name>) {
      listeners.tell(name, payload)
    },
  }
}
