import { connect, createServer, type Socket } from 'node:net'
import { dirname, join as pathOf } from 'node:path'
import { describe, expect, it, onTestFinished, vi } from 'vitest'
import { join, type JoinFlags } from '../../../src/cli/join.ts'
import type { Io } from '../../../src/cli/io.ts'
import { exitOf, pipedIo } from '../../support/cli-io.ts'
import { fakeTerminal } from '../../support/crew-terminal.ts'
import { hubOf, joined, quietDrill } from '../../support/hub.ts'
import { drillInProgress, shownRun } from '../../support/living-drill.ts'

const CTRL_C = '\u0003'

function place() {
  const piped = pipedIo()
  const enter = (flags: JoinFlags, run?: string) => exitOf(join(run, flags, piped.io), piped.io)
  return { ...piped, enter }
}

/** The same at a terminal. */
function atTerminal() {
  const piped = pipedIo()
  const terminal = fakeTerminal()
  const size = { isTTY: true, columns: 80, rows: 24 }
  const io: Io = {
    ...piped.io,
    stdin: Object.assign(terminal.input, { isTTY: true }),
    stderr: Object.assign(terminal.output, size),
  }
  const seen = async () => (await terminal.screen.everything()).join('\n')
  return { ...piped, terminal, seen, enter: (flags: JoinFlags) => exitOf(join(undefined, flags, io), io) }
}

describe('gameday join', () => {
  it('takes lines from a pipe, and leaves when they end', async () => {
    const { state, stdin, enter, written } = place()
    const { notes, types } = await drillInProgress(state)
    const exit = enter({ as: 'scribe', name: 'Grace' })
    await vi.waitFor(() => expect(types()).toContain('seat.joined'))
    stdin.push('s the dashboard is red\n')
    await vi.waitFor(() => expect(notes()).toHaveLength(1))
    stdin.push(null)
    expect(await exit).toBe(0)
    expect(notes()).toMatchObject([{ kind: 'symptom', role: 'scribe', by: 'Grace' }])
    expect(types().at(-1)).toBe('seat.left')
    expect(written.stderr).toContain('You have left; the drill goes on.')
  })

  it('without a terminal only looks, unless told otherwise, until the drill ends', async () => {
    const { state, enter, written, listening } = place()
    const { journal, say, hub } = await drillInProgress(state)
    const exit = enter({ name: 'Grace' })
    await vi.waitFor(() => expect(journal).toMatchObject([{ type: 'seat.joined', role: 'observer' }]))
    say({ type: 'said', role: 'lead', text: 'We begin.' })
    await vi.waitFor(() => expect(written.stdout).toContain('We begin.'))
    expect(listening()).toBe(1)
    await hub.close()
    expect(await exit).toBe(0)
    expect(written.stderr).toBe('The drill has ended. Its report is drawn now: /reports/abc123/report.md\n')
    expect(listening()).toBe(0)
  })

  it('at a terminal is the scribe’s, and Ctrl-C leaves with 0', async () => {
    const { state, enter, terminal, seen } = atTerminal()
    const { journal } = await drillInProgress(state)
    const exit = enter({ name: 'Grace' })
    await vi.waitFor(() => expect(journal).toMatchObject([{ type: 'seat.joined', role: 'scribe' }]))
    await vi.waitFor(() => expect(terminal.raw.at(-1)).toBe(true))
    await terminal.press(CTRL_C)
    expect(await exit).toBe(0)
    expect(await seen()).toContain('You have left; the drill goes on.')
    expect(terminal.raw.at(-1)).toBe(false)
    expect(journal.at(-1)).toMatchObject({ type: 'seat.left', by: 'Grace' })
  })

  it.each([
    { signal: 'SIGTERM', exitCode: 130 },
    { signal: 'SIGHUP', exitCode: 130 },
    // Where no cockpit reads it as a key, Ctrl-C is a signal.
    { signal: 'SIGINT', exitCode: 0 },
  ] as const)('is ended by $signal with $exitCode, and gives its role back', async ({ signal, exitCode }) => {
    const { state, enter, written, signal: send } = place()
    const { types } = await drillInProgress(state)
    const exit = enter({ as: 'operator' })
    await vi.waitFor(() => expect(types()).toEqual(['seat.joined']))
    send(signal)
    expect(await exit).toBe(exitCode)
    await vi.waitFor(() => expect(types()).toEqual(['seat.joined', 'seat.left']))
    expect(written.stderr).toContain('You have left; the drill goes on.')
  })

  it('says with 3 that contact was lost, and who restores', async () => {
    const { state, enter, written } = place()
    const { desk, types } = quietDrill()
    const { path } = await hubOf(desk)
    const door = pathOf(dirname(path), 'door.sock')
    const sockets: Socket[] = []
    const relay = createServer((guest) => {
      const host = connect(path)
      for (const socket of [guest, host]) socket.on('error', () => undefined)
      guest.pipe(host).pipe(guest)
      sockets.push(guest, host)
    }).listen(door)
    onTestFinished(() => void relay.close())
    await shownRun(state, 'abc123', { crew: door })

    const exit = enter({ as: 'scribe' })
    await vi.waitFor(() => expect(types()).toEqual(['seat.joined']))
    for (const socket of sockets) socket.destroy()
    expect(await exit).toBe(3)
    expect(written.stderr).toContain('contact with the drill friday-failover was lost')
    expect(written.stderr).toContain('its watchdog undoes what it broke')
  })

  it('refuses a role that another terminal has, with 2', async () => {
    const { state, enter, written } = place()
    const { path } = await drillInProgress(state)
    await joined(path, 'scribe', 'Ada')
    expect(await enter({ as: 'scribe' })).toBe(2)
    expect(written.stderr).toContain('Ada has joined as scribe already')
  })

  it.each([
    { as: 'lead', said: 'the lead is at the terminal of gameday run' },
    { as: 'scrib', said: 'Did you mean scribe?' },
  ])('knows no role $as, and ends with 2', async ({ as, said }) => {
    const { enter, written } = place()
    expect(await enter({ as })).toBe(2)
    expect(written.stderr).toContain(`--as ${as} is no role that can be joined in`)
    expect(written.stderr).toContain(said)
  })

  it('refuses a name that is none once it is cleaned, with 2', async () => {
    const { state, enter, written } = place()
    const { journal } = await drillInProgress(state)
    expect(await enter({ as: 'scribe', name: ' \u001b ' })).toBe(2)
    expect(written.stderr).toContain('--name names nobody')
    expect(journal).toEqual([])
  })

  it('ends with 2 where no drill is in progress, and where it is not the one that is named', async () => {
    const { state, enter, written } = place()
    expect(await enter({})).toBe(2)
    expect(written.stderr).toContain('no drill is in progress')
    await drillInProgress(state)
    expect(await enter({}, 'xyz')).toBe(2)
    expect(written.stderr).toContain('no drill xyz is in progress')
  })
})
