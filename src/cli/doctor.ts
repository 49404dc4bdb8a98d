import { randomInt } from 'node:crypto'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { EXIT, parseDuration } from '../base/index.ts'
import { stateFolder } from '../rollback/index.ts'
import { examine, type Finding } from '../run/index.ts'
import { linesFor } from './doctor/lines.ts'
import { doctorPage } from './doctor/page.ts'
import { readBypass } from './flags.ts'
import { interruptions } from './interruptions.ts'
import type { Io } from './io.ts'
import { newRunId } from './run-id.ts'
import { readConfig, readFlag, withPlaces, withToxiproxy, type SetupFlags } from './setup.ts'

export interface DoctorFlags extends Pick<SetupFlags, 'config' | 'router' | 'stage' | 'toxiproxy'> {
  /** Always there where it comes from the command line. */
  timeout?: string
  break?: boolean
  json?: boolean
}

const CLIENT_WAITS = '10s'

/** Checks everything that a drill needs and says what to do about each lack. Returns 3 where there is one. */
export async function doctor(flags: DoctorFlags, io: Io): Promise<number> {
  const lacks = await lookForLacks(flags, io)
  if (lacks > 0) return EXIT.notReady
  if (flags.json !== true) {
    const same = (['router', 'stage', 'config'] as const).flatMap((name) =>
      flags[name] === undefined ? [] : [`--${name} ${flags[name]}`],
    )
    io.stdout.write(`Next: ${['gameday explain', ...same].join(' ')}\n`)
  }
  return EXIT.ok
}

/** Says what was found along the way, and returns how much of it is lacking. */
export async function lookForLacks(flags: DoctorFlags, io: Io): Promise<number> {
  const { env, stdout } = io
  const config = withToxiproxy(withPlaces(await readConfig(flags, io), flags), flags, io)
  const timeoutMs = readFlag('--timeout', flags.timeout ?? CLIENT_WAITS, parseDuration, CLIENT_WAITS)
  const findings: Finding[] = []
  const page = flags.json === true ? null : doctorPage(stdout, config)
  const tell = (finding: Finding) => {
    findings.push(finding)
    page?.tell(finding)
  }
  page?.begin()
  tell(ofConfiguration(flags, io))
  if (readBypass(env) !== null && config.router.kind === 'embedded') tell(bypassed)

  const interruption = interruptions(io)
  try {
    const input = {
      config,
      env,
      stateFolder: stateFolder(env),
      runId: newRunId(),
      seed: randomInt(2 ** 31),
      timeoutMs,
      breaks: flags.break === true,
      clock: io.clock,
      signal: interruption.signal,
    }
    await examine(input, tell)
  } finally {
    interruption.release()
  }

  const lacks = findings.filter(({ state }) => state === 'lack').length
  page?.end(findings)
  if (flags.json === true) {
    const told = findings.map(({ add, ...finding }) => ({
      ...finding,
      ...(add === undefined ? {} : { add: { to: add.to, lines: linesFor(add, config) } }),
    }))
    stdout.write(`${JSON.stringify({ schema: 'gameday.doctor/1', lacks, findings: told }, null, 2)}\n`)
  }
  return lacks
}

/** That it reads is known: else nobody would have come here. */
function ofConfiguration({ config: named }: DoctorFlags, { cwd }: Pick<Io, 'cwd'>): Finding {
  const there = named ?? (existsSync(join(cwd, 'gameday.yaml')) ? 'gameday.yaml' : null)
  return {
    part: 'configuration',
    check: 'settings',
    state: 'ok',
    detail: there === null ? 'there is none, so every setting has its default' : `${there} reads`,
  }
}

const bypassed: Finding = {
  part: 'configuration',
  check: 'BYPASS_ROUTER',
  state: 'lack',
  detail: 'it is set: a drill’s router would send everything straight to the primary, and fail over nowhere',
  add: { to: 'environment', lines: ['unset BYPASS_ROUTER'] },
}
