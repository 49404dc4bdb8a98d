import { describe, expect, it } from 'vitest'
import { composeResult, draftVerdict, stepSummary } from '../../../src/report/index.ts'
import { composeJunit } from '../../../src/report/junit/junit.ts'
import { renderReport } from '../../../src/report/markdown/render.ts'
import { drawTimeline } from '../../../src/report/svg/timeline.ts'
import { dropEvents, fridayRecords } from '../../support/records.ts'
import { attendedRecords } from '../../support/report-attended.ts'

/**
 * What a report looks like, kept as files that a person can read and a change shows up in.
 * Made anew, after having looked at them, by `npx vitest run test/unit/report/golden.test.ts -u`.
 */
const KEPT = '../../fixtures/report'
const healthy = fridayRecords()
const weak = fridayRecords({
  attended: true,
  router: { neverFailsOver: ({ stream }) => stream, neverFailsBack: true, tripSlowMs: 7000 },
})
const attended = attendedRecords({ router: { tripSlowMs: 11_800 } })
const small = fridayRecords({ scale: 0.4, perSecond: 5, claim: 'behaviour' })

describe('the kept reports', () => {
  it('show a healthy drill', async () => {
    const result = composeResult(healthy)
    await expect(renderReport(result, healthy)).toMatchFileSnapshot(`${KEPT}/healthy.md`)
    await expect(composeJunit(result)).toMatchFileSnapshot(`${KEPT}/healthy.junit.xml`)
    await expect(stepSummary(result)).toMatchFileSnapshot(`${KEPT}/healthy.summary.md`)
  })

  it('show a weak one', async () => {
    await expect(renderReport(composeResult(weak), weak)).toMatchFileSnapshot(`${KEPT}/weak.md`)
  })

  it('show one that people held', async () => {
    await expect(renderReport(composeResult(attended), attended)).toMatchFileSnapshot(`${KEPT}/attended.md`)
  })

  it('show what people have before them in the debrief', async () => {
    const { lines } = draftVerdict(dropEvents(attended, 'run.ended'))
    await expect(`${lines.join('\n')}\n`).toMatchFileSnapshot(`${KEPT}/attended.draft.txt`)
  })

  it('show a timeline', async () => {
    await expect(drawTimeline(composeResult(small), small)).toMatchFileSnapshot(`${KEPT}/small.timeline.svg`)
  })
})
