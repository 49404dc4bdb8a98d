import { spawn } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, describe, expect, it } from 'vitest'
import { killPtys, openPty, until, type Done, type Pty } from '../support/pty.ts'

// Whatever a failing test has left behind.
afterAll(killPtys)

const STATE = 'BROKEN ON PURPOSE'
const shim = (name: string) => fileURLToPath(new URL(`../support/shims/${name}`, import.meta.url))

/** A cockpit that is there: its frame is drawn, and the terminal is its own. */
async function cockpit(size?: { columns: number; rows: number }): Promise<Pty> {
  const pty = openPty(size)
  await pty.shows(new RegExp(STATE))
  expect(pty.written()).toContain('\u001B[?2004h')
  return pty
}

/** Writes a note, and reads from what the shim says then that the terminal is raw. */
async function provenRaw(pty: Pty): Promise<void> {
  await pty.typeSlowly('nraw?\r')
  await pty.shows(/n1 is on disk/)
  const log = (await pty.screen.everything()).join(' ').replace(/\s+/g, ' ')
  expect(log).toMatch(/the terminal: .*-icanon/)
  expect(log).toMatch(/the terminal: .*-echo /)
}

const linesOf = (rows: string[]) =>
  rows.flatMap((row) => /lead {6}line (\d+)\.$/.exec(row)?.slice(1).map(Number) ?? [])
const upTo = (count: number) => Array.from({ length: count }, (_, index) => index + 1)

describe.concurrent('the cockpit in a real terminal', () => {
  it('takes a note while the log scrolls, and loses neither a key nor a line', async () => {
    const pty = await cockpit()
    const before = linesOf(await pty.screen.everything()).length
    await pty.typeSlowly('sdashboard is still green')
    await pty.shows(/symptom > dashboard is still green$/m)
    pty.type('\r')
    await pty.shows(/n1 is on disk/)
    const lines = linesOf(await pty.screen.everything())
    expect(lines.length).toBeGreaterThan(before + 5)
    expect(lines).toEqual(upTo(lines.length))
    expect(pty.done().notes).toMatchObject([{ kind: 'symptom', text: 'dashboard is still green' }])
    pty.type('\u0003')
    await pty.ended()
    expect((await pty.screen.everything()).join('\n')).not.toContain(STATE)
  })

  it('answers a question by typed words', async () => {
    const pty = await cockpit()
    pty.type('\r')
    await pty.shows(/did the alert fire\? >$/m)
    await pty.typeSlowly('yes\r')
    await pty.shows(/did the alert fire\?: yes/)
    expect(pty.done().answers).toEqual([['did the alert fire?', 'yes']])
    pty.type('\u0003')
    await pty.ended()
  })

  it('stands once on the screen whatever becomes of the window, with what was typed', async () => {
    const pty = await cockpit()
    await pty.typeSlowly('ndraft')
    for (const columns of [40, 120, 80]) {
      pty.resize(columns, 24)
      const rows = await settledRows(pty, columns)
      expect(rows.filter((row) => row.includes(STATE))).toHaveLength(1)
      expect(rows.findLast((row) => row !== '')).toBe('note > draft')
    }
    await pty.typeSlowly('ed\r')
    await pty.shows(/n1 is on disk/)
    expect(pty.done().notes).toMatchObject([{ text: 'drafted' }])
    pty.type('\u0003')
    await pty.ended()
  })

  it('fits a window of ten rows, and leaves no copies of itself behind', async () => {
    const pty = await cockpit({ columns: 80, rows: 10 })
    await pty.typeSlowly('nten rows')
    const rows = await pty.shows(/note > ten rows$/m)
    expect(rows.join('\n')).toContain(STATE)
    await pty.shows(/line \d\d\./)
    expect((await pty.screen.everything()).filter((row) => row.includes(STATE))).toHaveLength(1)
    pty.type('\u0003')
    await pty.ended()
  })

  it('takes a paste as text in a note, and as nothing elsewhere', async () => {
    const pty = await cockpit()
    pty.type('\u001B[200~n!\r!\u001B[201~')
    await pty.shows(/what was pasted is passed over/)
    await pty.typeSlowly('n')
    pty.type('\u001B[200~503 from\nall three\u001B[201~')
    await pty.shows(/note > 503 from all three$/m)
    pty.type('\r')
    await pty.shows(/n1 is on disk/)
    expect(pty.done()).toMatchObject({ aborts: 0, left: null, notes: [{ text: '503 from all three' }] })
    pty.type('\u0003')
    await pty.ended()
  })

  it('does not hold the drill when nobody reads what it writes', async () => {
    // A large frame, which soon fills what the system keeps for a terminal that is not read.
    const pty = await cockpit({ columns: 250, rows: 60 })
    await pty.stall(4000)
    await pty.typeSlowly('nback again\r')
    await pty.shows(/n1 is on disk/)
    const lines = linesOf(await pty.screen.everything())
    expect(lines).toEqual(upTo(lines.length))
    pty.type('\u0003')
    await pty.ended()
    expect(pty.done()).toMatchObject({ left: 'SIGINT', notes: [{ text: 'back again' }] })
    expect(pty.done().lateMs).toBeLessThan(1500)
  })

  it('is not stopped by Ctrl-Z', async () => {
    const pty = await cockpit()
    await provenRaw(pty)
    pty.type('\u001A')
    await pty.shows(/Ctrl-Z is not heard/)
    const before = linesOf(await pty.screen.everything()).length
    await pty.typeSlowly('nstill here\r')
    await pty.shows(/n2 is on disk/)
    expect(linesOf(await pty.screen.everything()).length).toBeGreaterThan(before)
    pty.type('\u0003')
    expect((await pty.ended()).exitCode).toBe(130)
  })

  it.each([
    { name: 'Ctrl-C', keys: '\u0003', exitCode: 130, left: 'SIGINT', kept: [] },
    { name: 'Ctrl-D', keys: '\u0004', exitCode: 4, left: 'EOF', kept: [] },
    {
      name: 'Ctrl-C in a note',
      keys: 'nhalf a thought\u0003',
      exitCode: 130,
      left: 'SIGINT',
      kept: ['half a thought'],
    },
  ])('gives the terminal back as it was after $name', async ({ keys, exitCode, left, kept }) => {
    const pty = await cockpit()
    await provenRaw(pty)
    await pty.typeSlowly(keys)
    const ended = await pty.ended()
    expect(ended.exitCode).toBe(exitCode)
    expect(ended.before).toContain('icanon')
    expect(ended.after).toBe(ended.before)
    expect(pty.written().match(/\[\?2004[hl]/g)).toEqual(['[?2004h', '[?2004l'])
    expect(pty.done()).toMatchObject({ left, signals: [] })
    expect(pty.done().notes.map(({ text }) => text)).toEqual(['raw?', ...kept])
    const log = (await pty.screen.everything()).join('\n')
    expect(log).toContain(`left: ${left}`)
    expect(log).not.toContain(STATE)
  })

  it('gives the terminal back as it was when the process ends without a farewell', async () => {
    const pty = await cockpit()
    await provenRaw(pty)
    await pty.typeSlowly('nexit\r')
    const ended = await pty.ended()
    expect(ended.exitCode).toBe(7)
    expect(ended.after).toBe(ended.before)
    expect(pty.written()).toContain('\u001B[?2004l')
  })

  it('goes on in plain lines when its frame fails, in a terminal as it was', async () => {
    const pty = await cockpit()
    await provenRaw(pty)
    await pty.typeSlowly('nbreak\r')
    await logged(pty, /the frame has failed \(there is no such glyph\)/)
    await pty.typeSlowly('n still here\r')
    await logged(pty, /n3 is on disk/)
    // Echoed by the terminal itself.
    await logged(pty, /the terminal: .* icanon .* echo /)
    pty.type('\u0003')
    const ended = await pty.ended()
    expect(ended.exitCode).toBe(130)
    expect(ended.after).toBe(ended.before)
    expect(pty.done()).toMatchObject({ left: null, signals: ['SIGINT'] })
    expect(pty.done().notes.map(({ text }) => text)).toEqual(['raw?', 'break', 'still here'])
  })

  it('leaves in order when the terminal is closed', async () => {
    const { file, codeFile, closes, shows } = openWindow()
    await shows(STATE)
    expect(existsSync(codeFile)).toBe(false)
    closes()
    // Not 134: Node 20 aborts when it cannot put back a terminal that is gone. 129 is the signal that came when all was
    // done and nobody listened any more: the end of the input comes first.
    expect(await fileOf(codeFile)).toMatch(/^(?:4|129|130)\n$/)
    const { signals, left } = JSON.parse(await fileOf(file)) as Done
    expect(signals[0] ?? left).toMatch(/SIGHUP|EOF/)
  })
})

/** Waits until something stands in the scrollback, where the log carries it off the screen at once. */
const logged = (pty: Pty, what: RegExp) =>
  until(async () => {
    const log = (await pty.screen.everything()).join(' ').replace(/\s+/g, ' ')
    return what.test(log) || null
  }, `${what} is not logged`)

/** The rows as soon as the line that fills the window has its width, which says for which window the frame was drawn. */
const settledRows = (pty: Pty, columns: number): Promise<string[]> =>
  until(async () => {
    const rows = await pty.screen.rows()
    return rows.some((row) => /^━+$/.test(row) && row.length === columns - 1) ? rows : null
  }, `no frame is drawn for ${columns} columns`)

/** A terminal whose window can be closed, with a cockpit in it. */
function openWindow() {
  const dir = mkdtempSync(join(tmpdir(), 'gameday-pty-'))
  const [codeFile, file] = [join(dir, 'code'), join(dir, 'done')]
  const command = [process.execPath, shim('cockpit.mjs'), file]
  const window = spawn(process.execPath, [shim('terminal.mjs'), codeFile, ...command])
  let written = ''
  window.stdout.on('data', (data: Buffer) => (written += data.toString()))
  const shows = (text: string) => until(() => written.includes(text) || null, `${text} is not shown`)
  return { file, codeFile, shows, closes: () => window.kill('SIGKILL') }
}

const fileOf = (path: string) =>
  until(() => (existsSync(path) && readFileSync(path, 'utf8')) || null, `${path} was never written`)
