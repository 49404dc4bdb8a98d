import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { drawFrame, promptLabel, type FrameInput, type Window } from '../../../src/crew/frame/index.ts'
import { wrapLog } from '../../../src/crew/words.ts'
import { ROOT } from '../../support/program.ts'
import { alert, arm, finding, goNoGo, sceneAt, statusAt, usual, watching } from '../../support/crew-scenes.ts'

/** Captured screens: what somebody sees at some moment of the drill. Those that change on purpose are read before they are kept. */

type Scene = ReturnType<typeof sceneAt>
interface Shot {
  name: string
  scene: Scene
  input?: FrameInput
  draft?: string
  window?: Partial<Window>
}

const asking = { questions: [goNoGo, arm] }
const hurt = {
  load: {
    perSecond: 10.2,
    n: 102,
    success: 0.9,
    p95Ms: 'inf' as const,
    servedBy: { primary: 0.2, secondary: 0.75, cache: 0.05 },
  },
  lastMinute: {
    success: [...Array<number>(12).fill(1), 0.8, 0.7, 0.85, 0.9, 0.9, 1, 0.9, 0.95, 0.9, 1, 0.9, 0.9],
    p95Ms: [...Array<number>(12).fill(800), ...Array<'inf'>(12).fill('inf')],
  },
  clocks: { detectMs: 4210, switchMs: 4410, stableMs: null, taxMs: null },
  withoutRouter: { requests: 9, ok: 2 },
  budget: { allowed: 50, spentBefore: 4, fourHours: 61.4 },
  money: { spentUsd: 0.3127, capUsd: 2 },
}
const draft = [
  'HELD so far: every fault was proven, every objective was met in every outage,',
  '  every failover target was reached, and everything is proven restored',
  '  success   100 % and 100 %, promised ≥ 99.5 %',
  '  p95       1.21 s and 2.33 s, promised < 2.5 s',
  '  failover  stable after 0.90 s and 4.88 s, at most 5 s',
  '  home      again after 4.00 s and 4.00 s, at most 15 s',
  '  budget    the worst outage would spend 0.0 of 50.0; 46.0 left',
  '  you       noticed 21.0 s, decided 114 s, restored 0.75 s',
  '  F1  minor: Noted by Ana (scribe) at T+08:06: alert on 401 from the primary',
  '  F2  minor: No alert had fired by T+12:40 of “revoked key”, said Ben.',
]
const symptom: FrameInput = {
  ...watching,
  mode: 'note',
  kind: 'symptom',
  begunMs: 461_000,
  corrects: null,
}

const SHOTS: readonly Shot[] = [
  { name: 'brief', scene: sceneAt(0.8) },
  { name: 'baseline', scene: sceneAt(4.6) },
  { name: 'go-no-go', scene: sceneAt(6.2, asking) },
  {
    name: 'arming',
    scene: sceneAt(6.88, { questions: [arm] }),
    input: { ...watching, mode: 'answer', gate: arm.gate, message: 'write revoke-key primary, or no' },
    draft: 'revoke-key pri',
  },
  { name: 'break', scene: sceneAt(7.69) },
  { name: 'note', scene: sceneAt(7.69), input: symptom, draft: 'status page of the primary is gr' },
  {
    name: 'alert',
    scene: sceneAt(12.87, { questions: [alert] }),
    input: { ...watching, message: 'n4 is on disk' },
  },
  { name: 'restore', scene: sceneAt(13.7) },
  {
    name: 'slow',
    scene: sceneAt(15.5, { status: { ...hurt, fault: { ...statusAt(15.5).fault!, proven: false } } }),
  },
  {
    name: 'aborted',
    scene: sceneAt(8.95, {
      status: { stopping: true },
      more: [[8.94, { type: 'abort', rule: 'people', reason: 'Ben said so', by: 'person' }]],
    }),
  },
  { name: 'debrief', scene: sceneAt(25.2, { questions: [finding], draft }) },
  { name: 'close', scene: sceneAt(29, { draft }) },
  { name: 'help', scene: sceneAt(6.4, asking), input: { ...watching, mode: 'help' } },
  {
    name: 'blind',
    scene: sceneAt(7.5, { blind: true }),
  },
  {
    name: 'diagnosis',
    scene: sceneAt(7.5, { blind: true }),
    input: { ...symptom, kind: 'diagnosis', begunMs: 450_000 },
    draft: 'revok',
  },
  {
    name: 'scribe',
    scene: sceneAt(6.88, { roles: ['scribe'], name: 'Ana', elsewhere: [arm] }),
  },
  { name: 'observer', scene: sceneAt(7.69, { roles: ['observer'], name: 'Dan' }) },
  { name: 'unattended', scene: sceneAt(7.69, { roles: [], name: '' }), input: { ...watching, keys: false } },
  {
    name: 'ascii',
    scene: sceneAt(10.3, {
      questions: [alert],
      status: { clocks: { detectMs: 88, switchMs: 739, stableMs: null, taxMs: -0.7 } },
    }),
    window: { glyphs: 'ascii' },
  },
  { name: '10-rows', scene: sceneAt(10.3, { questions: [alert] }), window: { rows: 10 } },
  {
    name: '60x15',
    scene: sceneAt(7.05, { status: { fault: { ...statusAt(7.05).fault!, proven: false } } }),
    window: { columns: 60, rows: 15 },
  },
  { name: '100x30', scene: sceneAt(10.3, { questions: [alert] }), window: { columns: 100, rows: 30 } },
]

/** A whole window: the end of the log, the frame, and the line that is typed into. */
function screen({ scene: { board, log }, input = watching, draft = '', window: special }: Shot): string {
  const window = { ...usual, ...special }
  const frame = drawFrame(board, input, window)
  const above = log.flatMap((line) => wrapLog(line, window.columns).split('\n'))
  const room = window.rows - frame.length - 1
  const lines = [...above.slice(-Math.max(0, room)), ...frame, promptLabel(input) + draft]
  return `${lines.map((line) => line.trimEnd()).join('\n')}\n`
}

describe('the screen', () => {
  it.each(SHOTS)('reads as it was last approved of: $name', async (shot) => {
    await expect(screen(shot)).toMatchFileSnapshot(`./screens/${shot.name}.txt`)
  })

  it.each(SHOTS)('fits its window with the line that is typed into: $name', (shot) => {
    const { columns, rows } = { ...usual, ...shot.window }
    const lines = screen(shot).trimEnd().split('\n')
    expect(lines.length).toBeLessThanOrEqual(rows)
    for (const line of lines) expect(line.length).toBeLessThanOrEqual(columns)
  })

  it.each(['brief', 'baseline', 'arming', 'break', 'slow', 'restore', 'debrief', 'close'])(
    'stands in the README as it is: %s',
    (phase) => {
      const shot = SHOTS.find(({ name }) => name === phase)
      const readme = readFileSync(join(ROOT, 'README.md'), 'utf8')
      expect(readme).toContain(`\`\`\`\n${screen(shot!).trimEnd()}\n\`\`\``)
    },
  )
})
