import { spawnSync } from 'node:child_process'
import { chmodSync, chownSync, existsSync, mkdirSync, mkdtempSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { describe, expect, it, onTestFinished, vi } from 'vitest'
import { systemClock } from '../../../../src/base/index.ts'
import { MOST_GUESTS, MOST_LINE, MOST_WISHES } from '../../../../src/crew/hub/limits.ts'
import { openHub } from '../../../../src/crew/index.ts'
import { HELLO, hubOf, quietDrill, stranger, STATUS } from '../../../support/hub.ts'

const note = (id: number, text: string) => ({
  type: 'note',
  id,
  kind: 'note',
  text,
  begunMs: 0,
  corrects: null,
})
const isRoot = process.getuid?.() === 0
const NOBODY = 65_534

/** A drill with its hub, and somebody who has connected to it. */
async function visited(options: Parameters<typeof hubOf>[1] = {}) {
  const drill = quietDrill()
  const { path } = await hubOf(drill.desk, options)
  return { ...drill, path, guest: await stranger(path) }
}

/** One who has joined as scribe. */
async function seated(options: Parameters<typeof hubOf>[1] = {}) {
  const scene = await visited(options)
  scene.guest.say(HELLO)
  await vi.waitFor(() => expect(scene.types()).toContain('seat.joined'))
  return scene
}

describe('the socket of a drill', () => {
  const mode = (path: string) => (statSync(path).mode & 0o777).toString(8)

  it('is for this user only, in a folder for this user only', async () => {
    const { path } = await visited()
    expect([mode(path), mode(dirname(path))]).toEqual(['600', '700'])
  })

  it('closes a folder that was open to others', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'gameday-hub-'))
    chmodSync(folder, 0o777)
    await hubOf(quietDrill().desk, { path: join(folder, 'x.sock') })
    expect(mode(folder)).toBe('700')
  })

  it('cannot be reached by another user', async (context) => {
    if (!isRoot) context.skip('only root can become another user')
    const home = mkdtempSync(join(tmpdir(), 'gameday-hub-'))
    chmodSync(home, 0o755)
    const path = join(home, 'live', 'x.sock')
    await hubOf(quietDrill().desk, { path })
    const script = `require('net').connect(${JSON.stringify(path)}).on('connect', () => console.log('in')).on('error', (e) => console.log(e.code))`
    const asUser = (uid: number) =>
      spawnSync(process.execPath, ['-e', `${script}.setTimeout(500, function () { this.destroy() })`], {
        uid,
        cwd: '/',
      })
        .stdout.toString()
        .trim()
    // It can be, by its own: so what keeps the other out is who it is.
    expect([asUser(0), asUser(NOBODY)]).toEqual(['in', 'EACCES'])
  })

  it('is not opened in a folder of another user', async (context) => {
    if (!isRoot) context.skip('only root can give a folder away')
    const folder = mkdtempSync(join(tmpdir(), 'gameday-hub-'))
    chownSync(folder, NOBODY, NOBODY)
    await expect(hubOf(quietDrill().desk, { path: join(folder, 'x.sock') })).rejects.toMatchObject({
      code: 'HUB_NOT_OPENED',
      message: expect.stringContaining('not a folder of this user'),
    })
  })

  it('that cannot be opened is an error that says why', async () => {
    const file = join(mkdtempSync(join(tmpdir(), 'gameday-hub-')), 'a-file')
    writeFileSync(file, '')
    const options = { desk: quietDrill().desk, run: 'x', drill: 'x', clock: systemClock }
    for (const path of [join(file, 'x.sock'), file])
      await expect(openHub({ ...options, path })).rejects.toMatchObject({
        code: 'HUB_NOT_OPENED',
        exitCode: 3,
      })
  })

  it('is gone when the hub is closed, with a temporary folder of its own', async () => {
    const folder = join(tmpdir(), `gameday-hub-${process.pid}`)
    const shared = join(mkdtempSync(join(tmpdir(), 'gameday-hub-')), 'live')
    mkdirSync(shared)
    for (const path of [join(folder, 'crew.sock'), join(shared, 'x.crew.sock')]) {
      const { hub } = await hubOf(quietDrill().desk, { path })
      expect(existsSync(path)).toBe(true)
      await hub.close()
      expect(existsSync(path)).toBe(false)
    }
    expect([existsSync(folder), existsSync(shared)]).toEqual([false, true])
  })
})

describe('a stranger', () => {
  it.each([
    { says: 'nonsense', message: 'hello?' },
    { says: 'JSON of another kind', message: [1, 2] },
    { says: 'something before hello', message: note(1, 'x') },
    { says: 'a role that there is none of', message: { ...HELLO, as: 'admin' } },
    { says: 'no name', message: { ...HELLO, name: ' \u0007 ' } },
    { says: 'a name that is too long', message: { ...HELLO, name: 'x'.repeat(41) } },
    { says: 'more than there is to say', message: { ...HELLO, also: 'this' } },
    { says: 'that it leads', message: { ...HELLO, as: 'lead' } },
    { says: 'hello in another language', message: { ...HELLO, protocol: 2, and: 'more' } },
    { says: 'a line without an end', message: 'x'.repeat(MOST_LINE + 1) },
  ])('who says $says is told so, and shown the door', async ({ message }) => {
    const { guest, types } = await visited()
    guest.say(message)
    await guest.closed
    expect(guest.types()).toEqual(['refused'])
    expect(types()).toEqual([])
  })

  it('is told which language is spoken', async () => {
    const { guest } = await visited()
    guest.say({ ...HELLO, protocol: 2, and: 'more' })
    await guest.closed
    expect(guest.heard[0]).toMatchObject({
      message: 'the drill speaks protocol 1, and was spoken to in protocol 2',
    })
  })

  it('who says nothing is not waited for', async () => {
    const { guest } = await visited({ helloMs: 50 })
    await guest.closed
    expect(guest.types()).toEqual(['refused'])
  })

  it('is let in by its name without what could steer a terminal', async () => {
    const { guest, journal } = await visited()
    guest.say({ ...HELLO, name: '\u001b[31mGra\u202ece\r\n' }, note(1, 'red\u001b]0;title\u0007 \u009b2J'))
    await vi.waitFor(() => expect(journal).toHaveLength(2))
    expect(journal[0]).toMatchObject({ type: 'seat.joined', by: expect.stringMatching(/Gra ?ce$/) })
    expect(JSON.stringify(journal)).not.toMatch(/\\u00|\u009b|\u202e/)
  })

  it('is one too many when all seats are taken, and finds one when somebody has left', async () => {
    const { path, types, guest } = await seated()
    const others = await Promise.all(Array.from({ length: MOST_GUESTS - 1 }, () => stranger(path)))
    const late = await stranger(path)
    await late.closed
    expect(late.heard).toMatchObject([{ type: 'refused', message: expect.stringContaining('too many') }])
    guest.socket.destroy()
    await vi.waitFor(() => expect(types()).toContain('seat.left'))
    const next = await stranger(path)
    next.say(HELLO)
    await vi.waitFor(() => expect(next.types()).toContain('welcome'))
    expect(others).toHaveLength(MOST_GUESTS - 1)
  })
})

describe('a guest', () => {
  it('is understood however its bytes arrive', async () => {
    const { guest, notes } = await seated()
    for (const byte of Buffer.from(`${JSON.stringify(note(1, 'naïve 🙂'))}\n`)) {
      guest.socket.write(Buffer.from([byte]))
      await new Promise((resolve) => setImmediate(resolve))
    }
    guest.socket.write(`${JSON.stringify(note(2, 'two'))}\n${JSON.stringify(note(3, 'in one'))}\n`)
    await vi.waitFor(() => expect(notes().map(({ text }) => text)).toEqual(['naïve 🙂', 'two', 'in one']))
  })

  it.each([
    { says: 'nonsense', message: '{' },
    { says: 'hello again', message: HELLO },
    { says: 'a note of another kind', message: { ...note(1, 'x'), kind: 'rumour' } },
    { says: 'a note begun at no time', message: { ...note(1, 'x'), begunMs: null } },
    { says: 'more than there is to say', message: { type: 'abort', why: 'because' } },
    { says: 'a line that is too long', message: note(1, 'x'.repeat(MOST_LINE)) },
  ])('who says $says loses the seat, and nothing is done', async ({ message }) => {
    const { guest, types, aborts } = await seated()
    guest.say(message)
    await guest.closed
    expect(guest.types().at(-1)).toBe('refused')
    expect(types()).toEqual(['seat.joined', 'seat.left'])
    expect(aborts).toEqual([])
  })

  it('who wants too much at once is told so, and an abort waits for none of it', async () => {
    const { guest, notes, aborts } = await seated()
    const ids = Array.from({ length: MOST_WISHES + 2 }, (_, index) => index)
    guest.say(...ids.map((id) => note(id, `note ${id}`)), { type: 'abort' })
    await vi.waitFor(() => expect(aborts).toHaveLength(1))
    expect(notes().length).toBeLessThan(MOST_WISHES)
    await vi.waitFor(() => expect(guest.types().filter((type) => type === 'noted')).toHaveLength(ids.length))
    const refused = guest.heard.filter(({ receipt }) => JSON.stringify(receipt ?? '').includes('too much'))
    expect(refused.map(({ id }) => id)).toEqual([MOST_WISHES, MOST_WISHES + 1])
    expect(notes()).toHaveLength(MOST_WISHES)
  })

  it('is told how much is too long', async () => {
    const { guest, notes } = await seated()
    guest.say(note(1, 'x'.repeat(5000)))
    await vi.waitFor(() => expect(guest.heard.at(-1)).toMatchObject({ type: 'noted', id: 1 }))
    expect(JSON.stringify(guest.heard.at(-1))).toContain('5000 characters')
    expect(notes()).toEqual([])
  })

  it('who keeps silent loses the seat, and who says that it is there keeps it', async () => {
    const { guest, path, types, desk } = await seated({ silentMs: 1000 })
    const other = await stranger(path)
    other.say({ ...HELLO, as: 'operator' })
    const here = setInterval(() => other.say({ type: 'here' }), 100)
    onTestFinished(() => clearInterval(here))
    desk.status(STATUS)
    await guest.closed
    expect(guest.heard.at(-1)).toMatchObject({ type: 'dropped', why: expect.stringContaining('no sign') })
    await systemClock.sleep(1000)
    expect(types().filter((type) => type === 'seat.left')).toHaveLength(1)
    expect(other.socket.readyState).toBe('open')
  })
})
