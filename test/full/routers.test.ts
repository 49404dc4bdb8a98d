import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { parseDocument } from 'yaml'
import { hold } from '../../routers/hold.ts'
import { rowNamed } from '../../routers/rows.ts'
import { messageOf } from '../../src/base/index.ts'
import type { Result } from '../../src/record/index.ts'
import { ROOT } from '../support/program.ts'

/**
 * Routers that are not gameday's, in the drill that all are compared in, cut down to its server errors: those tell the
 * layouts apart, and LiteLLM's installation alone takes forty seconds. `npm run compare` holds all of it with all of them.
 */
const home = mkdtempSync(join(tmpdir(), 'gameday-routers-'))
const drill = join(home, 'server-errors.yaml')
/** Why LiteLLM could not be installed; null where it is there. */
let whyNoLitellm: string | null = null

// Before the drills and not beside them: an installation would make them late.
beforeAll(async () => {
  writeFileSync(drill, serverErrorsAlone())
  try {
    await rowNamed('litellm-ordered').prepare()
  } catch (error) {
    if (process.env['CI'] !== undefined) throw error
    whyNoLitellm = messageOf(error)
    process.stderr.write(`SKIPPED: LiteLLM was not drilled, for it could not be installed: ${whyNoLitellm}\n`)
  }
}, 400_000)
afterAll(() => rmSync(home, { recursive: true, force: true }))

function serverErrorsAlone(): string {
  const document = parseDocument(readFileSync(join(ROOT, 'drills', 'your-router.yaml'), 'utf8'))
  const { agenda } = document.toJS() as { agenda: { name?: string }[] }
  const errors = agenda.findIndex(({ name }) => name === 'server errors')
  const before = agenda.filter(({ name }) => name === undefined)
  document.set('agenda', [...before, ...agenda.slice(errors, errors + 2)])
  document.setIn(['load', 'prompts'], join(ROOT, 'drills', 'prompts.yaml'))
  return document.toString()
}

async function drilled(id: string): Promise<Result> {
  const { result, forget } = await hold(rowNamed(id), drill)
  forget()
  return result
}

describe.concurrent('a router that is not gameday’s', () => {
  it('holds where it is LiteLLM in the layout of the SLO kit', async ({ skip }) => {
    if (whyNoLitellm !== null) skip(whyNoLitellm)
    const { exitCode, decidedBy, faults, load } = await drilled('litellm-ordered')
    expect(exitCode, decidedBy).toBe(0)
    expect(faults).toMatchObject([
      { kind: 'server-error', failedRequests: 0, notObservable: { trip: expect.any(String) as unknown } },
    ])
    expect(load.unmatched).toBe(0)
  })

  it('is found weak where it is none: the official client retries at the dead primary', async () => {
    const { exitCode, decidedBy, faults } = await drilled('no-router')
    expect(exitCode, decidedBy).toBe(1)
    const [fault] = faults
    // Of 136 in seventeen seconds, but for those whose retries outlive the fault.
    expect(fault?.failedRequests).toBeGreaterThan(68)
    expect(fault?.stableMs).toBeNull()
  })
})
