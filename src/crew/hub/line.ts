import { connect } from 'node:net'
import { EXIT, GamedayError, messageOf, mustBeOurs } from '../../base/index.ts'
import type { Person } from '../crew.ts'
import { HERE_EVERY_MS, MOST_ANSWER, PROTOCOL } from './limits.ts'
import { lineCutter } from './lines.ts'
import { newsSchema, readLine, type Hello, type News, type NewsOf, type Wish } from './messages.ts'

export type Welcome = Omit<NewsOf<'welcome'>, 'type'>

/** How a line to a drill came to its end. */
export type Over = { why: 'ended' | 'left' } | { why: 'lost'; detail: string }

/** The guest's end of the socket of a drill. */
export interface Line {
  welcome: Welcome
  say: (wish: Wish) => void
  /** Hands over what has come since the welcome, and what comes from now on. */
  follow: (listener: (news: News) => void) => void
  /** Resolves when nothing can be said or heard any more. */
  over: Promise<Over>
  hangUp: () => void
}

/** Calls a drill and says who is there. Throws `HUB_UNREACHABLE`, or what the drill refused with. */
export function callHub(path: string, { name, role }: Person, sits: boolean): Promise<Line> {
  return new Promise((resolve, reject) => {
    try {
      mustBeOurs(path)
    } catch (error) {
      throw unreachable(path, error)
    }
    const socket = connect(path)
    let over: (over: Over) => void = () => undefined
    let end: Over | null = null
    const ended = new Promise<Over>((settle) => (over = settle))
    let listener: ((news: News) => void) | null = null
    const kept: News[] = []
    const say = (message: Wish | Hello) => {
      if (socket.writable) socket.write(`${JSON.stringify(message)}\n`)
    }

    const line: Omit<Line, 'welcome'> = {
      say,
      follow: (given) => {
        for (const news of kept.splice(0)) given(news)
        listener = given
      },
      over: ended,
      hangUp: () => {
        end ??= { why: 'left' }
        socket.end()
      },
    }
    const hear = (news: News) => {
      if (news.type === 'refused') {
        // One that was let in is told as well when it is not understood.
        end ??= { why: 'lost', detail: news.message }
        reject(refused(news))
        return
      }
      if (news.type === 'welcome') return resolve({ ...line, welcome: news })
      if (news.type === 'end') end ??= { why: 'ended' }
      if (news.type === 'dropped') end ??= { why: 'lost', detail: news.why }
      if (listener === null) kept.push(news)
      else listener(news)
    }

    socket.on('connect', () => say({ type: 'hello', protocol: PROTOCOL, sits, as: role, name }))
    socket.on(
      'data',
      lineCutter(MOST_ANSWER, {
        onLine: (text) => {
          // What another version says beyond this is passed over: it is no reason to leave.
          const news = readLine(text, newsSchema)
          if (news !== null) hear(news)
        },
        onTooLong: () => socket.destroy(),
      }),
    )
    socket.on('error', (error) => {
      end ??= { why: 'lost', detail: messageOf(error) }
      reject(unreachable(path, error))
    })
    // After what has come was read: whoever was stopped for long finds out from that why it was hung up on, and writing
    // to a closed connection would throw it away.
    const here = setInterval(() => setImmediate(() => say({ type: 'here' })), HERE_EVERY_MS)
    socket.on('close', () => {
      clearInterval(here)
      over(end ?? { why: 'lost', detail: 'the connection ended' })
      reject(unreachable(path, new Error('the drill hung up')))
    })
  })
}

const refused = ({ code, message, hint }: NewsOf<'refused'>) =>
  new GamedayError(message, { code, ...(hint === null ? {} : { hint }) })

const unreachable = (path: string, cause: unknown) =>
  new GamedayError(`the drill cannot be reached at ${path}: ${messageOf(cause)}`, {
    code: 'HUB_UNREACHABLE',
    exitCode: EXIT.notReady,
    cause,
  })
