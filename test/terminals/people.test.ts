import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { readRecords, type EventOf, type Result } from '../../src/record/index.ts'
import { BIN, program, ROOT, runFolder } from '../support/program.ts'
import { programInPty, type ProgramPty } from '../support/program-pty.ts'

const DRILL = join(ROOT, 'test', 'fixtures', 'drills', 'people.yaml')
const ENTER = '\r'

const ANSWERS = `
version: 1
crew: { lead: Ana, operator: Ben, scribe: Cleo }
gates:
  go / no-go: { say: go, after: 1s }
  arm revoked key: { say: confirm, after: 2s }
  clear? key restored: yes
notes:
  - { phase: revoked key, after: 3s, as: scribe, kind: symptom, text: the dashboard is green }
  - { phase: revoked key, after: 5s, as: scribe, kind: to-do, text: "page on 401 @ben by +2w" }
debrief: { went well: the failover }
next: +7d
`

/** Waits for the drill to reach a phase, however long the ones before it are. */
const PHASE_MS = 60_000

/** Presses a key, sees what it opens, and then writes: nobody types into a line that is not there. */
async function writes(terminal: ProgramPty, key: string, prompt: string, text: string): Promise<void> {
  terminal.type(key)
  await terminal.sees(prompt)
  terminal.type(text)
  terminal.type(ENTER)
}

describe('a whole drill', () => {
  it.concurrent(
    'is held by three people at two terminals, who read every word of it in its report',
    async () => {
      const home = mkdtempSync(join(tmpdir(), 'gameday-people-'))
      const env = { GAMEDAY_STATE: join(home, 'state') }
      const gameday = (...args: string[]) => programInPty(args, { home })
      const lead = gameday('run', DRILL)

      await lead.sees('Who leads')
      lead.type(`Ana${ENTER}`)
      await lead.sees('Who is the operator')
      lead.type(`Ben${ENTER}`)
      await lead.sees('Who is the scribe')
      lead.type(`Cleo${ENTER}`)
      for (const name of ['Ana', 'Ben', 'Cleo']) {
        await lead.sees(`${name} (`)
        lead.type(ENTER)
      }
      await lead.sees('brief begins')

      const scribe = gameday('join', '--as', 'scribe', '--name', 'Cleo')
      await lead.sees('Cleo has joined as scribe')
      await scribe.sees('We rehearse losing our primary')

      await lead.sees('go-no-go begins', PHASE_MS)
      await writes(lead, ENTER, 'go / no-go >', 'go')
      await lead.sees('go / no-go: GO (Ana')
      await writes(lead, ENTER, 'arm revoked key >', 'revoke-key primary')
      await lead.sees('arm revoked key: GO (Ben')

      await scribe.sees('BROKEN ON PURPOSE', PHASE_MS)
      await writes(scribe, 's', 'symptom >', 'no alert, the dashboard is green')
      await scribe.sees('n1 symptom: "no alert, the dashboard is green" (Cleo)')
      await writes(scribe, '@', 'note > @-', '4s a customer asked')
      await scribe.sees('n2 note: "a customer asked" (Cleo)')
      await writes(scribe, 'd', 'decision >', 'we wait for the router')
      await scribe.sees('n3 decision: "we wait for the router"')
      await writes(scribe, 't', 'to-do >', 'page on 401 @ben by 2027-01-15')
      await scribe.sees('n4 to-do: "page on 401"')
      execFileSync(process.execPath, [BIN, 'note', 'deployed 4f2a', '--name', 'ci'], {
        cwd: home,
        env: { ...process.env, ...env },
      })
      await lead.sees('"deployed 4f2a" (ci)')

      // The question about the alert is left to the clock.
      await lead.sees('did the alert fire? revoked key: NO (the clock', PHASE_MS)
      await lead.sees('It is undone and proven gone.', PHASE_MS)
      await writes(lead, ENTER, 'clear? key restored >', 'yes')
      await lead.sees('clear? key restored: YES (Ana')

      await scribe.sees('What went well?', PHASE_MS)
      await writes(scribe, ENTER, 'went well >', 'the failover')
      await scribe.sees('What surprised you?')
      await writes(scribe, ENTER, 'surprised >', 'nobody was paged')
      await scribe.sees('Which alert was missing?')
      await writes(scribe, ENTER, 'missing alert >', 'one on 401')
      await lead.sees('Who, by when?')
      await writes(lead, ENTER, 'finding missing-alert >', 'Ana 2027-01-22')
      await lead.sees('Ana by 2027-01-22')
      await lead.sees('When is the next drill?', PHASE_MS)
      await writes(lead, ENTER, 'next drill >', '2027-03-05')

      expect(await lead.ended, (await lead.screen.everything()).join('\n')).toBe(0)
      expect(await scribe.ended).toBe(0)

      const folder = runFolder(join(home, 'reports'))
      const report = readFileSync(join(folder, 'report.md'), 'utf8')
      for (const words of [
        'Ana (lead)',
        'Ben (operator)',
        'Cleo (scribe)',
        'Cleo has joined as scribe',
        'go / no-go: GO (Ana',
        'arm revoked key: GO (Ben',
        'did the alert fire? revoked key: NO (the clock',
        'clear? key restored: YES (Ana',
        '“no alert, the dashboard is green” (Cleo)',
        '“a customer asked” (Cleo)',
        '“we wait for the router” (Cleo)',
        'page on 401',
        'Owner: **ben**, due **2027-01-15**',
        '“deployed 4f2a” (ci)',
        '“the failover” (Cleo)',
        '“nobody was paged” (Cleo)',
        '“one on 401” (Cleo)',
        'Owner: **Ana**, due **2027-01-22**',
        '5 March 2027',
      ])
        expect(report).toContain(words)

      const { journal } = readRecords(folder)
      const notes = journal.filter((entry) => entry.type === 'note')
      const dated = (kind: EventOf<'note'>['kind']) => notes.find((note) => note.kind === kind)
      const customer = notes.find(({ text }) => text === 'a customer asked')
      expect((customer?.atMs ?? 0) - (customer?.forMs ?? 0)).toBeGreaterThanOrEqual(4000)
      // A note counts from the key that opened it, before its text was typed.
      expect(dated('symptom')?.forMs).toBeLessThan(dated('symptom')?.atMs ?? 0)
      expect(report.indexOf('a customer asked')).toBeGreaterThan(0)
    },
  )

  it.concurrent(
    'that a script answers walks the path of the people, and its report says that it was one',
    async () => {
      const home = mkdtempSync(join(tmpdir(), 'gameday-script-'))
      const answers = join(home, 'answers.yaml')
      writeFileSync(answers, ANSWERS)
      const run = program(['run', DRILL, '--answers', answers, '--out', join(home, 'reports')])
      const { code, stderr } = await run.ended
      expect(code, stderr).toBe(0)
      const folder = runFolder(join(home, 'reports'))
      const result = JSON.parse(readFileSync(join(folder, 'result.json'), 'utf8')) as Result
      expect(result.run).toMatchObject({ mode: 'unattended', attended: false })
      expect(result.people).toEqual({ noticeMs: null, decideMs: null, restoreMs: null, diagnoseMs: null })
      expect(result.notes).toMatchObject([
        { id: 'n1', kind: 'symptom', by: 'Cleo', role: 'scribe', text: 'the dashboard is green' },
        { id: 'n2', kind: 'to-do', text: 'page on 401', owner: 'ben' },
      ])
      expect(result.debrief).toMatchObject({ said: [{ about: 'went well', text: 'the failover' }] })
      const decided = readRecords(folder).journal.filter((entry) => entry.type === 'gate.decided')
      expect(decided.map(({ gate, decision, by }) => [gate, decision, by])).toEqual([
        ['go / no-go', 'go', 'script'],
        ['arm revoked key', 'go', 'script'],
        ['did the alert fire? revoked key', 'no', 'clock'],
        ['clear? key restored', 'yes', 'script'],
      ])
    },
  )
})
