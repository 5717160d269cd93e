import { expect, test } from 'vitest'
import { WorkbenchDouble } from '../../../test/support/workbench-double'
import { FiligreeError } from '../../shared/failure'
import type { HostMessage } from '../../shared/protocol'
import type { RunProgress } from '../../shared/run'
import { failureOf, Session } from './session'

function connect(workbench = new WorkbenchDouble()) {
  const sent: HostMessage[] = []
  const transport = {
    congested: false,
    send: (message: HostMessage) => void sent.push(message),
    isCongested: () => transport.congested,
  }
  return { workbench, sent, transport, session: new Session(workbench, transport, '1.2.3') }
}

const progress = (run: string, iteration: number): RunProgress => ({
  run,
  state: 'running',
  stage: 'Iterating',
  iteration,
  iterationLimit: null,
  fraction: null,
  elapsedSeconds: iteration,
  remainingSeconds: null,
  rows: [[iteration, 1]],
})

const events = (sent: readonly HostMessage[]) =>
  sent.flatMap((message) => (message.type === 'event' ? [message] : []))

test('says hello first, with its version', () => {
  const { sent } = connect()
  expect(sent).toEqual([{ type: 'hello', protocol: expect.any(Number) as number, version: '1.2.3' }])
})

test('answers under the number of the request', async () => {
  const { session, sent } = connect()
  expect(session.receive({ type: 'request', id: 7, name: 'project.recent', input: null })).toBe(true)
  await expect.poll(() => sent.at(-1)).toEqual({ type: 'response', id: 7, output: [] })
})

test.each([null, 'text', {}, { type: 'request', id: -1, name: 'project.recent', input: null }])(
  'tells its owner to hang up on %j',
  (raw) => {
    expect(connect().session.receive(raw)).toBe(false)
  },
)

test('a page that asks too much at once hears so, and the rest is answered', async () => {
  const { session, sent, workbench } = connect()
  let release: () => void = () => undefined
  const held = new Promise<void>((done) => (release = done))
  workbench.request = () => held.then(() => null as never)
  for (let id = 0; id < 300; id += 1)
    session.receive({ type: 'request', id, name: 'project.close', input: null })
  const failures = sent.filter(({ type }) => type === 'failure')
  expect(failures).toHaveLength(44)
  expect(failures[0]).toMatchObject({ failure: { code: 'busy' } })
  release()
  await expect.poll(() => sent.filter(({ type }) => type === 'response').length).toBe(256)
})

test('live progress of a slow reader is merged, run by run, and no row is lost', async () => {
  const { workbench, sent, transport } = connect()
  transport.congested = true
  for (let iteration = 1; iteration <= 5; iteration += 1) {
    workbench.emit('run.progress', progress('0001-a', iteration))
    workbench.emit('run.progress', progress('0002-b', iteration))
  }
  workbench.emit('notice', { level: 'info', message: 'Other events do not wait.' })
  expect(events(sent).map(({ name }) => name)).toEqual(['notice'])
  transport.congested = false
  await expect.poll(() => events(sent).length).toBe(3)
  expect(events(sent)[1]?.payload).toEqual({
    ...progress('0001-a', 5),
    rows: [
      [1, 1],
      [2, 1],
      [3, 1],
      [4, 1],
      [5, 1],
    ],
  })
})

test('nothing is sent and nobody listens after it was closed', async () => {
  const { session, sent, workbench } = connect()
  session.receive({ type: 'request', id: 1, name: 'project.recent', input: null })
  session.close()
  session.close()
  workbench.emit('notice', { level: 'info', message: 'Nobody hears this.' })
  await Promise.resolve()
  expect(sent).toHaveLength(1)
  expect(workbench.listeners).toBe(0)
})

test('only failures made on purpose speak to a person in their own words', () => {
  expect(failureOf(new FiligreeError('not-found', 'It is gone.', { field: 'x' }))).toEqual({
    code: 'not-found',
    message: 'It is gone.',
    field: 'x',
    detail: null,
  })
  const bug = failureOf(new TypeError('undefined is not a function'))
  expect(bug.code).toBe('internal')
  expect(bug.message).not.toContain('undefined')
  expect(bug.detail).toContain('undefined is not a function')
})
