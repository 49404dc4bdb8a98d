import { spawn } from 'node:child_process'
import { existsSync, mkdtempSync, readdirSync, readFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { readRecords } from '../../src/record/index.ts'
import { screenOf } from '../support/crew-terminal.ts'
import { bareEnv, BIN, ROOT, runFolder } from '../support/program.ts'
import { programInPty } from '../support/program-pty.ts'

const DRILL = join(ROOT, 'test', 'fixtures', 'drills', 'people.yaml')
const ALONE = ['run', DRILL, '--lead', 'Ana', '--operator', 'Ana', '--scribe', 'Ana']
const ENTER = '\r'
const LATE_MS = 60_000

interface AtTheKeys {
  type: (keys: string) => void
  sees: (text: string, withinMs?: number) => Promise<void>
}

/** Walks a drill to the moment at which its fault is proven, at the keyboard. */
async function breakIt({ type, sees }: AtTheKeys): Promise<void> {
  await sees('Ana (lead, operator, scribe): ready')
  type(ENTER)
  await sees('go-no-go begins', LATE_MS)
  type(ENTER)
  await sees('go / no-go >')
  type(`go${ENTER}`)
  await sees('go / no-go: GO (Ana')
  type(ENTER)
  await sees('arm revoked key >')
  type(`revoke-key primary${ENTER}`)
  await sees('arm revoked key: GO (Ana')
  await sees('fault     proven', LATE_MS)
}

/** Says that what was broken is proven gone, by the journal and by the records that would undo it. */
function expectUndone(home: string): void {
  const { journal } = readRecords(runFolder(join(home, 'reports')))
  const types = journal.map(({ type }) => type)
  expect(types).toContain('fault.proven')
  expect(types).toContain('fault.gone')
  const records = join(home, 'state', 'rollback')
  expect(existsSync(records) ? readdirSync(records) : []).toEqual([])
}

describe('whoever leaves a drill while something is broken', () => {
  it.concurrent.each([
    { name: 'by one key', keys: '!', exit: 4, said: 'Ana (lead) said stop' },
    { name: 'by Ctrl-C', keys: '\u0003', exit: 130, said: 'SIGINT' },
    { name: 'by Ctrl-D', keys: '\u0004', exit: 130, said: 'the end of the input' },
    { name: 'by Ctrl-C in the middle of a note', keys: 'nhalf a no\u0003', exit: 130, said: 'half a no' },
  ])('$name leaves nothing broken, and the terminal as it was', async ({ keys, exit, said }) => {
    const home = mkdtempSync(join(tmpdir(), 'gameday-leaving-'))
    const terminal = programInPty(ALONE, { home })
    await breakIt(terminal)
    terminal.type(keys)
    expect(await terminal.ended).toBe(exit)
    await terminal.sees(said)
    await terminal.sees('ABORTED')
    expectUndone(home)
    const modes = terminal.modes()
    expect(modes?.before).toContain('icanon')
    expect(modes?.after).toBe(modes?.before)
  })

  it.concurrent('with the window it ran in leaves nothing broken', async () => {
    const home = mkdtempSync(join(tmpdir(), 'gameday-leaving-'))
    const code = join(home, 'code')
    const window = spawn(
      process.execPath,
      [join(ROOT, 'test', 'support', 'shims', 'terminal.mjs'), code, process.execPath, BIN, ...ALONE],
      {
        cwd: home,
        env: { ...bareEnv(), GAMEDAY_STATE: join(home, 'state'), NO_COLOR: '1', LC_ALL: 'C.UTF-8' },
      },
    )
    const screen = screenOf(100, 30)
    window.stdout.on('data', (piece: Buffer) => screen.write(piece.toString()))
    const until = async (holds: () => Promise<boolean>, withinMs: number, what: string) => {
      const endMs = performance.now() + withinMs
      while (!(await holds())) {
        if (performance.now() > endMs) throw new Error(`in time nobody saw ${what}`)
        await new Promise((resolve) => setTimeout(resolve, 50))
      }
    }
    await breakIt({
      type: (keys) => window.stdin.write(keys),
      sees: (text, withinMs = 30_000) =>
        until(async () => (await screen.everything()).join('\n').includes(text), withinMs, text),
    })
    window.kill('SIGKILL')
    await until(async () => existsSync(code) && readFileSync(code, 'utf8') !== '', LATE_MS, 'its exit code')
    expect(readFileSync(code, 'utf8').trim()).toBe('130')
    expectUndone(home)
  })

  it.concurrent('at ten rows finds the frame there as well', async () => {
    const home = mkdtempSync(join(tmpdir(), 'gameday-leaving-'))
    const terminal = programInPty(ALONE, { home, rows: 10 })
    await breakIt(terminal)
    const seen = (await terminal.screen.rows()).join('\n')
    expect(seen).toContain('BROKEN ON PURPOSE')
    terminal.type('!')
    expect(await terminal.ended).toBe(4)
    expectUndone(home)
  })
})
