import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { messageOf } from '../../src/base/index.ts'
import { readRecords } from '../../src/record/index.ts'
import { listens } from '../support/matrix-port.ts'
import { CAN_TELL, lives, ownerAmong, processesWith } from '../support/matrix-processes.ts'
import type { Exit } from './endings.ts'
import { gameday, gamedayHere } from './gameday.ts'
import { proxiesOn } from './look.ts'
import { factsOf, type Row } from './rows.ts'
import type { Line } from './scene.ts'

/** What must not be so after a drill has ended, however it did. Each check returns what it found, a sentence each. */

/** Proxies on the server but those that were there before. */
export async function leftProxies(url: string, others: readonly string[]): Promise<string[]> {
  const left = (await proxiesOn(url)).filter(({ name }) => !others.includes(name))
  return left.map(
    ({ name, enabled, toxics }) =>
      `the proxy ${name} is still on the server, ${enabled ? 'enabled' : 'disabled'}, with ${toxics.length} toxics`,
  )
}

/**
 * Ports that still listen. One that was given up may be somebody else's a moment later, as the kernel hands them out
 * again: where the system tells whose it is, only the row's own processes count.
 */
export async function leftPorts(ports: readonly number[], owners: readonly number[]): Promise<string[]> {
  const open = await Promise.all(ports.map(async (port) => ((await listens(port)) ? [port] : [])))
  return open.flat().flatMap((port) => {
    const owner = ownerAmong(owners, port)
    return CAN_TELL && owner === null
      ? []
      : [`the port ${port} still listens (process ${owner ?? 'unknown'})`]
  })
}

/** Rollback records that were not removed. */
export const leftRecords = (records: readonly string[]): string[] =>
  records.map((name) => `the rollback record ${name} is still there`)

/** Processes that still live: by the row's folder in their environment, and by what the journal says of them. */
export function leftProcesses(mark: string, pids: readonly number[]): string[] {
  const marked = processesWith(mark)
  return [
    ...marked.map(({ pid, command }) => `the process ${pid} still lives: ${command}`),
    ...pids
      .filter((pid) => lives(pid) && !marked.some((one) => one.pid === pid))
      .map((pid) => `the process ${pid} still lives`),
  ]
}

/** Whether the records can be read, by this project's own reader. */
export function unreadable(dir: string): string[] {
  try {
    const { journal } = readRecords(dir)
    return journal[0]?.type === 'run.started' ? [] : ['the journal does not begin with run.started']
  } catch (error) {
    return [`the records cannot be read: ${messageOf(error)}`]
  }
}

/**
 * Whether `gameday report` works on the folder, and says where a run ended that was killed. What was killed wrote no
 * report of its own: there it is the real program that has to.
 */
export async function badReport(dir: string, killed: boolean): Promise<string[]> {
  const args = ['report', dir]
  const { code, said } = killed ? await gameday(args, { home: dir }) : await gamedayHere(args)
  if (code !== 0) return [`gameday report ended with ${code}: ${said}`]
  const report = readFileSync(join(dir, 'report.md'), 'utf8')
  return killed && !/records end at T\+\d+:\d+/.test(said + report)
    ? [`gameday report does not say where the killed run ended: ${said}${report.slice(0, 1500)}`]
    : []
}

/** Something may still be broken, and a rollback record says what. */
export const ROLLBACK_FAILED = 6

/** Whether the runner ended as it was to. */
export function wrongExit(
  { exits, ending }: Pick<Row, 'exits' | 'ending'>,
  exit: Exit,
  said: string,
): string[] {
  if (exits.includes(exit) || (exit === ROLLBACK_FAILED && factsOf(ending).mayBeUnprovable === true))
    return []
  return [`it ended with ${exit}, not ${exits.join(' or ')}: ${said.slice(-1500)}`]
}

/** The promise is 5 s; the rest is for a machine that has other things to do. */
export const WHOLE_WITHIN_MS = 10_000

/** Whether a runner that died was cleared up after in time, by the test's clock and by what its watchdog noted. */
export function tooSlow(wholeAfterMs: number, watchdog: readonly Line[]): string[] {
  const undoing = watchdog.find(({ type }) => type === 'watchdog.undoing')
  const undone = watchdog.filter(({ type }) => type === 'rollback.undone')
  const tookMs = Date.parse(undone.at(-1)?.at ?? '') - Date.parse(undoing?.at ?? '')
  return [
    ...(wholeAfterMs <= WHOLE_WITHIN_MS
      ? []
      : [`it was whole only ${Math.round(wholeAfterMs)} ms after the death of the runner`]),
    ...(undoing?.['why'] === 'gone'
      ? []
      : ['watchdog.ndjson does not say that it undid because the runner was gone']),
    ...(undone.length >= 2 && undone.every((line) => line['proven'] === true)
      ? []
      : [`watchdog.ndjson does not say that all was undone and proven: ${JSON.stringify(undone)}`]),
    ...(tookMs <= WHOLE_WITHIN_MS ? [] : [`by watchdog.ndjson the undoing took ${tookMs} ms`]),
  ]
}
