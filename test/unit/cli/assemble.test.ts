import { describe, expect, it, onTestFinished, vi } from 'vitest'
import { deskOfNobody } from '../../../src/cli/assemble.ts'
import type { RunFlags } from '../../../src/cli/flags.ts'
import { pipedIo } from '../../support/cli-io.ts'
import { HEAD, readDrillText } from '../../support/drill-text.ts'

const { answers = null } = readDrillText(`${HEAD}agenda:
  - { phase: baseline, length: 10s }
  - { phase: go-no-go, length: 1s }
  - { phase: break, length: 20s, cap: 30s, fault: { kind: refused } }
  - { phase: restore, length: 10s }
answers:
  notes: [{ phase: baseline, text: it was the phone, corrects: n9 }]
`)

/** Plays the beginning of a drill in which the script's only note is not understood. */
async function play(flags: Partial<RunFlags>) {
  const { io, written } = pipedIo()
  const desk = deskOfNobody({ answers }, { out: 'reports', ...flags }, io)
  onTestFinished(() => desk.close())
  const correct = vi.fn<() => string>(() => 'there is no note n9')
  desk.begin({
    nowMs: () => 0,
    note: () => 'n1',
    correct,
    abort: () => undefined,
    joined: () => undefined,
    trouble: () => undefined,
    left: () => undefined,
  })
  const [id, at] = ['j1', '2026-11-20T12:00:00.000Z']
  const phase = { name: 'baseline', kind: 'baseline', index: 0, plannedMs: 10_000 } as const
  desk.entry({ id, at, atMs: 0, type: 'phase.started', ...phase })
  await vi.waitFor(() => expect(correct).toHaveBeenCalledOnce())
  await new Promise((resolve) => setImmediate(resolve))
  return written
}

describe('what a script could not get across', () => {
  const COMPLAINT = `the script's note "it was the phone" was not written: there is no note n9`

  it('is told among the lines', async () => {
    const { stderr } = await play({ plain: true })
    expect(stderr.split('\n').filter((line) => line.includes(COMPLAINT))).toEqual([COMPLAINT])
  })

  it.each([{ json: true }, { quiet: true }])(
    'is told on stderr with %o, where no lines are',
    async (flags) => {
      const { stdout, stderr } = await play(flags)
      expect(stderr).toBe(`gameday: ${COMPLAINT}\n`)
      expect(stdout).not.toContain('n9')
    },
  )
})
