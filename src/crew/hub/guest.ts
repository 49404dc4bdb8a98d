import type { Socket } from 'node:net'
import type { Clock } from '../../base/index.ts'
import type { DeskDoor } from './door.ts'
import { HELLO_MS, MOST_LINE, PROTOCOL, SILENT_MS } from './limits.ts'
import { lineCutter } from './lines.ts'
import { readLine, wishSchema, type Hello, type News } from './messages.ts'
import { createOutbox } from './outbox.ts'
import { notUnderstood, notYet, readHello, refusalOf, tooSlow } from './refusal.ts'
import { remoteSeat } from './remote-seat.ts'
import { createWishes, ONLY_WATCHES, type Able, type WishesOptions } from './wishes.ts'

export interface HostOptions extends Pick<WishesOptions, 'inTurn'> {
  desk: DeskDoor
  run: string
  drill: string
  clock: Clock
  /** How long a guest may take to say who it is, and how long it may keep silent then. */
  helloMs?: number
  silentMs?: number
}

/** Somebody at the other end of a socket. */
export interface Guest {
  /** Says the last thing and hangs up. The drill is over, or never was for this one: no role goes back. */
  part: (news: News) => Promise<void>
}

/** Hears who it is, gives it a seat, and does what it wishes until either side hangs up. */
export function receiveGuest(socket: Socket, host: HostOptions): Guest {
  const { desk, run, drill, clock, inTurn, helloMs = HELLO_MS, silentMs = SILENT_MS } = host
  let gone = false
  let leave = () => {}
  let hear = (line: string) => {
    clearTimeout(impatience)
    const hello = readHello(line)
    if (hello.type === 'refused') void part(hello)
    else enter(hello)
  }

  const part = async (news: News) => {
    if (gone) return
    gone = true
    clearTimeout(impatience)
    clearInterval(watch)
    await outbox.farewell(news)
  }
  const drop = (news: News) => {
    if (gone) return
    leave()
    void part(news)
  }
  const lost = (why: string) => drop({ type: 'dropped', why })
  // Not at once: the desk is in the middle of telling everybody something.
  const outbox = createOutbox(socket, () => setImmediate(() => lost('what it was told was not read')))

  const enter = ({ as: role, name, sits }: Hello) => {
    const { epochMs } = desk
    if (epochMs === null) return void part(notYet())
    const who = { name, role }
    const seat = remoteSeat(outbox, () => part({ type: 'end' }))
    let able: Able
    try {
      able = sits ? desk.sit(seat, who) : { ...ONLY_WATCHES, note: (wish) => desk.jot(wish, who) }
    } catch (error) {
      return void part(refusalOf(error))
    }
    if (sits) leave = () => desk.leave(seat)
    if (sits && role === 'observer') able = ONLY_WATCHES
    const grant = createWishes({ able, say: outbox.say, nowMs: () => clock.now() - epochMs, inTurn })
    hear = (line) => {
      const wish = readLine(line, wishSchema)
      if (wish === null) drop(notUnderstood())
      else grant(wish)
    }
    outbox.say({ type: 'welcome', protocol: PROTOCOL, run, drill, epochMs })
    if (sits) seat.begin(desk.backlog(seat))
  }

  const impatience = setTimeout(() => void part(tooSlow()), helloMs)
  // Ticks are counted, because the time passes for this process too when the machine lets nobody work.
  let ticks = 0
  const watch = setInterval(() => {
    if (++ticks > 10) lost(`no sign of it for ${silentMs / 1000} s`)
  }, silentMs / 10)
  watch.unref()

  const cut = lineCutter(MOST_LINE, {
    onLine: (line) => {
      if (!gone) hear(line)
    },
    onTooLong: () => drop(notUnderstood()),
  })
  socket.on('data', (piece) => {
    ticks = 0
    cut(piece)
  })
  // What went wrong does not matter: it is gone.
  socket.on('error', () => undefined)
  socket.on('close', () => {
    clearTimeout(impatience)
    clearInterval(watch)
    if (gone) return
    gone = true
    leave()
  })
  return { part }
}
