import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished, vi } from 'vitest'
import { CAN_TELL, stateOf } from '../../../support/matrix-processes.ts'
import { hubOf, quietDrill, STATUS } from '../../../support/hub.ts'
import { ROOT } from '../../../support/program.ts'

/** A guest in a process of its own. */
async function childGuest(path: string, role: string, ...more: string[]) {
  const script = join(ROOT, 'test', 'support', 'shims', 'hub-guest.mjs')
  const child = spawn(process.execPath, [script, path, role, ...more], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  onTestFinished(() => void child.kill('SIGKILL'))
  let told = ''
  child.stdout.on('data', (piece: Buffer) => (told += piece.toString()))
  const pid = child.pid ?? 0
  await vi.waitFor(() => expect(told).toContain('entry'), 10_000)
  return {
    child,
    told: () => told.trim().split('\n'),
    stop: async () => {
      child.kill('SIGSTOP')
      await vi.waitFor(() => expect(CAN_TELL ? stateOf(pid) : 'T').toBe('T'))
    },
  }
}

const LONG = 'x'.repeat(1000)

/** The longest time that this process could do nothing else while the work was done, in milliseconds. */
function longestStep(times: number, work: () => void): number {
  let longest = 0
  for (let turn = 0; turn < times; turn++) {
    const before = performance.now()
    work()
    longest = Math.max(longest, performance.now() - before)
  }
  return longest
}

describe('a guest whose process is stopped', () => {
  it('misses redraws without end, holds nobody up, and reads on when it goes on', async () => {
    const { desk, say, types } = quietDrill()
    const { path } = await hubOf(desk)
    const guest = await childGuest(path, 'scribe')
    await guest.stop()
    // Half an hour of redraws, which would be eight times what may wait to be read.
    const longest = longestStep(8000, () => desk.status(STATUS))
    expect(longest).toBeLessThan(1000)
    say({ type: 'said', role: 'lead', text: 'the last word' })
    expect(types()).toEqual(['seat.joined', 'said'])

    guest.child.kill('SIGCONT')
    await vi.waitFor(() => expect(guest.told().at(-1)).toBe('entry'), 10_000)
    const statuses = guest.told().filter((type) => type === 'status').length
    expect(statuses).toBeGreaterThan(0)
    expect(statuses).toBeLessThan(4000)
  })

  it('loses its seat when more waits for it than it may leave unread', async () => {
    const { desk, say, types } = quietDrill()
    const { path } = await hubOf(desk)
    const guest = await childGuest(path, 'scribe')
    await guest.stop()
    // Its kernel keeps some of it, and the hub a megabyte.
    for (let turn = 0; turn < 4000 && !types().includes('seat.left'); turn++) {
      say({ type: 'said', role: 'lead', text: LONG })
      await new Promise((resolve) => setImmediate(resolve))
    }
    expect(types()).toContain('seat.left')
    expect(types().length).toBeGreaterThan(1000)
    const next = await childGuest(path, 'scribe')
    expect(next.told()[0]).toBe('welcome')
  })

  it('gives its role back after a while, and finds its line closed when it goes on', async () => {
    const { desk, types } = quietDrill()
    const { path } = await hubOf(desk, { silentMs: 1000 })
    const guest = await childGuest(path, 'operator')
    await guest.stop()
    await vi.waitFor(() => expect(types()).toEqual(['seat.joined', 'seat.left']), 10_000)
    guest.child.kill('SIGCONT')
    await vi.waitFor(() => expect(guest.told().at(-1)).toBe('closed'), 10_000)
  })

  it('does not keep a drill from ending', async () => {
    const { desk, say } = quietDrill()
    const { path, hub } = await hubOf(desk)
    const [first, second] = [await childGuest(path, 'scribe'), await childGuest(path, 'operator')]
    await Promise.all([first.stop(), second.stop()])
    for (let turn = 0; turn < 500; turn++) say({ type: 'said', role: 'lead', text: LONG })
    const before = performance.now()
    await desk.close()
    await hub.close()
    expect(performance.now() - before).toBeLessThan(5000)
  })
})

describe('a guest whose process is killed', () => {
  it('gives its role back at once', async () => {
    const { desk, types } = quietDrill()
    const { path } = await hubOf(desk)
    const guest = await childGuest(path, 'scribe', 'silent')
    const gone = once(guest.child, 'exit')
    guest.child.kill('SIGKILL')
    await gone
    await vi.waitFor(() => expect(types()).toEqual(['seat.joined', 'seat.left']))
  })
})
