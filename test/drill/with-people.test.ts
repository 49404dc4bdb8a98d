import { existsSync, mkdirSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it, vi } from 'vitest'
import { systemClock } from '../../src/base/index.ts'
import type { RunFlags } from '../../src/cli/flags.ts'
import type { Io } from '../../src/cli/io.ts'
import { run } from '../../src/cli/run.ts'
import type { Result } from '../../src/record/index.ts'
import { fakeTerminal } from '../support/crew-terminal.ts'
import { ROOT, runFolder } from '../support/program.ts'

const DRILL = join(ROOT, 'test', 'fixtures', 'drills', 'people.yaml')
const [ENTER, CTRL_C, CTRL_D] = ['\r', '\u0003', '\u0004']

/** The whole command in this process, at a terminal of this process. */
function atTerminal({ drill, ...flags }: { drill?: string } & Partial<RunFlags>) {
  const home = mkdtempSync(join(tmpdir(), 'gameday-with-people-'))
  const terminal = fakeTerminal(80, 50)
  const size = { isTTY: true, columns: 80, rows: 50 }
  const signals: ((signal: NodeJS.Signals) => void)[] = []
  const io: Io = {
    stdin: Object.assign(terminal.input, { isTTY: true }),
    stdout: Object.assign(terminal.output, size),
    stderr: Object.assign(terminal.output, size),
    env: { GAMEDAY_STATE: join(home, 'state'), NO_COLOR: '1', LANG: 'C.UTF-8' },
    cwd: ROOT,
    clock: systemClock,
    onCrash: () => () => undefined,
    onExit: () => () => undefined,
    onSignal: (listener) => {
      signals.push(listener)
      return () => undefined
    },
  }
  const out = join(home, 'reports')
  const seen = async () => (await terminal.screen.everything()).join('\n')
  return {
    home,
    out,
    start: () => run(drill, { ...flags, out }, io),
    seen,
    sees: (text: string) =>
      vi.waitFor(async () => expect(await seen()).toContain(text), { timeout: 20_000, interval: 20 }),
    written: () => terminal.written(),
    press: (keys: string) => terminal.press(keys),
    signal: (name: NodeJS.Signals) => signals.forEach((listener) => listener(name)),
  }
}

const ALL_IS_ANA = { lead: 'Ana', operator: 'Ana', scribe: 'Ana' }

describe('what is asked before a drill', () => {
  it('is what is missing, and a role that is not ready starts nothing', async () => {
    const { start, sees, press, seen, out } = atTerminal({})
    const exit = start()
    await sees('Which drill?')
    await press(ENTER)
    await sees('Who leads')
    await press(`Ana${ENTER}`)
    await sees('Who is the operator, and flips the switch? (Ana)')
    await press(`Ben${ENTER}`)
    await sees('Who is the scribe, and writes down what happens? (Ana)')
    await press(ENTER)
    await sees('How long?')
    expect(await seen()).toMatch(/a rehearsal of \S+ at \d+\/s/)
    await press(ENTER)
    await sees('Ana (lead, scribe): ready')
    for (const said of ['What is broken', 'How it is undone', 'When it stops by itself', 'What it costs'])
      expect(await seen()).toContain(said)
    expect(await seen()).toContain('What its sample can prove')
    expect(await seen()).toContain('Error budget of this window')
    await press(ENTER)
    await sees('Ben (operator): ready')
    await press(`n${ENTER}`)
    expect(await exit).toBe(3)
    expect(await seen()).toContain('Ben (operator) is not ready, so nothing was started')
    expect(existsSync(out)).toBe(false)
  })

  it.each([
    { name: 'Ctrl-C', leave: CTRL_C },
    { name: 'Ctrl-D', leave: CTRL_D },
    { name: 'TERM', leave: null },
  ])('is left by $name with 130, and nothing was started', async ({ leave }) => {
    const { start, sees, press, signal, out } = atTerminal({ drill: DRILL })
    const exit = start()
    await sees('Who leads')
    if (leave === null) signal('SIGTERM')
    else await press(leave)
    expect(await exit).toBe(130)
    expect(existsSync(out)).toBe(false)
  })

  it('is nothing at all when the error budget is spent', async () => {
    const { home, start, seen } = atTerminal({ drill: DRILL, config: join(tmpdir(), 'none') })
    const config = join(home, 'gameday.yaml')
    writeFileSync(config, 'version: 1\nerrorBudget: { spent: 5000 }\n')
    const frozen = atTerminal({ drill: DRILL, config })
    expect(await frozen.start()).toBe(3)
    expect(await frozen.seen()).toContain('the error budget is spent')
    expect(await frozen.seen()).not.toContain('Who leads')
    // The planted fault: a configuration that cannot be read is another thing, and says so.
    expect(await start()).toBe(2)
    expect(await seen()).toContain('none')
  })

  it('proposes who did it the last time, and says which re-test is due', async () => {
    const { out, start, sees, press, seen } = atTerminal({ drill: DRILL })
    const folder = join(out, '2026-01-02-people-abc')
    mkdirSync(folder, { recursive: true })
    writeFileSync(join(folder, 'result.json'), JSON.stringify(lastDrill()))
    const exit = start()
    await sees('Who leads, and runs the clock? (Dora)')
    for (const asked of ['Who leads', 'Who is the operator', 'Who is the scribe']) {
      await sees(asked)
      await press(ENTER)
    }
    await sees('Dora (lead, operator, scribe): ready')
    expect(await seen()).toContain('This drill covers a re-test that is due')
    expect(await seen()).toContain('Failover took 7 s')
    await press(CTRL_C)
    expect(await exit).toBe(130)
  })
})

describe('a drill in this process', () => {
  it('is stopped by one key, and its report says who held it and who stopped it', async () => {
    const { out, start, sees, press } = atTerminal({ drill: DRILL, ...ALL_IS_ANA })
    const exit = start()
    await sees('Ana (lead, operator, scribe): ready')
    await press(ENTER)
    await sees('brief begins')
    await press('n')
    await sees('note >')
    await press(`all here${ENTER}`)
    await sees('n1 note: "all here" (Ana)')
    await press('!')
    expect(await exit).toBe(4)
    const report = readFileSync(join(runFolder(out), 'report.md'), 'utf8')
    expect(report).toContain('attended by Ana (lead, operator, scribe)')
    expect(report).toContain('“all here” (Ana)')
    expect(report).toContain('Ana (lead) said stop')
  })

  it('is held with lines alone', async () => {
    const { out, start, sees, press, written } = atTerminal({ drill: DRILL, ...ALL_IS_ANA, plain: true })
    const exit = start()
    await sees('Ana (lead, operator, scribe): ready')
    await press(ENTER)
    await sees('brief begins')
    await press('s the dashboard is green\n')
    await sees('n1 symptom: "the dashboard is green" (Ana)')
    // Questions before the drill are prompts; from here on nothing moves the cursor.
    const bytes = written()
    expect(bytes).toContain('\u001b')
    expect(bytes.slice(bytes.indexOf('brief begins'))).not.toContain('\u001b')
    await press('!\n')
    expect(await exit).toBe(4)
    expect(readFileSync(join(runFolder(out), 'journal.ndjson'), 'utf8')).toContain('"kind":"symptom"')
  })
})

/** As much of a result as history needs, of a drill that left a finding to be tested again by now. */
function lastDrill() {
  const shipped = JSON.parse(readFileSync(join(ROOT, 'reports', 'example', 'result.json'), 'utf8')) as Result
  const { lead, operator, scribe } = { lead: 'Dora', operator: 'Dora', scribe: 'Dora' }
  return {
    ...shipped,
    drill: { ...shipped.drill, name: 'people' },
    run: {
      ...shipped.run,
      id: 'abc',
      startedAt: '2026-01-02T15:00:00.000Z',
      attended: true,
      mode: 'attended',
      people: { lead, operator, scribe },
      blind: false,
    },
    findings: [
      {
        id: 'F1',
        key: 'failover-slow',
        rule: 'failover-slow',
        severity: 'major',
        title: 'Failover took 7 s.',
        evidence: [],
        recommendation: 'x',
        owner: 'Ben',
        due: '2026-02-01',
        whyNot: null,
        retest: '2026-04-03',
      },
    ],
  }
}
