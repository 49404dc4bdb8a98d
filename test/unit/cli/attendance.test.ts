import { describe, expect, it } from 'vitest'
import { wantsPeople } from '../../../src/cli/attendance.ts'
import type { RunFlags } from '../../../src/cli/flags.ts'
import { pipedIo } from '../../support/cli-io.ts'

const ask = (flags: Partial<RunFlags>, isTTY = true) => {
  const { stdin, stderr } = pipedIo().io
  return wantsPeople(
    { out: 'reports', ...flags },
    { stdin: Object.assign(stdin, { isTTY }), stderr: Object.assign(stderr, { isTTY }) },
  )
}

describe('people hold a drill', () => {
  it.each([
    { where: 'at a terminal', flags: {}, people: true },
    { where: 'that some of them are named for', flags: { lead: 'Ana' }, people: true },
    { where: 'not that is unattended', flags: { unattended: true }, people: false },
    { where: 'not that a script answers', flags: { answers: 'a.yaml' }, people: false },
    { where: 'not that only prints JSON', flags: { unattended: true, json: true }, people: false },
  ])('$where', ({ flags, people }) => {
    expect(ask(flags)).toBe(people)
  })

  it.each([
    { flags: { unattended: true, lead: 'Ana' }, said: '--lead names a person, and a run with --unattended' },
    { flags: { unattended: true, operator: 'Ben' }, said: '--operator names a person' },
    { flags: { answers: 'a.yaml', scribe: 'Cy' }, said: '--scribe names a person, and a run with --answers' },
  ])('or nobody does: $flags is refused', ({ flags, said }) => {
    expect(() => ask(flags)).toThrow(
      expect.objectContaining({ code: 'BAD_FLAG', exitCode: 2, message: expect.stringContaining(said) }),
    )
  })

  it.each(['lead', 'operator', 'scribe'] as const)('but not by a %s of no name', (role) => {
    expect(() => ask({ [role]: ' ' })).toThrow(
      expect.objectContaining({ code: 'BAD_FLAG', exitCode: 2, message: `--${role} names nobody` }),
    )
  })

  it.each([
    { flags: {}, isTTY: false, code: 'NO_TERMINAL' },
    { flags: { json: true }, isTTY: true, code: 'BAD_FLAG' },
    { flags: { quiet: true }, isTTY: true, code: 'BAD_FLAG' },
  ])('and $flags at a terminal ($isTTY) is refused as $code', ({ flags, isTTY, code }) => {
    expect(() => ask(flags, isTTY)).toThrow(expect.objectContaining({ code, exitCode: 2 }))
  })
})
