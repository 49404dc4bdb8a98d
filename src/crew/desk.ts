import { GamedayError, InternalError, messageOf, EXIT, type Clock } from '../base/index.ts'
import type { JournalEntry, People } from '../record/index.ts'
import type { Crew, EngineHands, LiveStatus, NoteDraft, Person } from './crew.ts'
import { hideEntry, hideStatus } from './hide.ts'
import { createMemory } from './memory.ts'
import { plainText, readNote } from './note-text.ts'
import { createPlaces, type Place } from './places.ts'
import { openPart, type Question, type Reply } from './question.ts'
import type { NoteReceipt, NoteWish, Seat, SeatHands } from './seat.ts'

export interface DeskOptions {
  /** Null where nobody holds a role. */
  people: People | null
  /** Whether what is broken is hidden from all but the operator's own terminal until the debrief. */
  blind: boolean
  clock: Clock
}

/** Where everybody who takes part in a drill sits: it hands out questions, and passes on what they say. */
export interface Desk extends Crew {
  /** `clock.now()` at the drill's start; null until its records are open. */
  readonly epochMs: number | null
  /** The lead's own terminal: it speaks for every role that nobody has joined for. */
  host: (seat: Seat) => SeatHands
  /** A script with answers: it speaks for all roles, and the journal says that it was a script. */
  play: (seat: Seat) => SeatHands
  /** Shows lines that are no journal entries to everybody. */
  show: (lines: readonly string[]) => void
  /** Somebody who only looks. */
  view: (seat: Seat) => void
  /** A joined terminal, which takes its role over from the lead's. Throws `ROLE_TAKEN`. */
  sit: (seat: Seat, who: Person) => SeatHands
  /** Gives the role of a joined terminal back. */
  leave: (seat: Seat) => void
  /** What a seat that came late is told of what was before. */
  backlog: (seat: Seat) => readonly JournalEntry[]
  /** Writes a note for somebody who does not sit down. */
  jot: (wish: NoteWish, who: Person) => Promise<NoteReceipt>
}

interface Pending {
  question: Question
  settle: (reply: Reply | null) => void
}

export function createDesk({ people, blind, clock }: DeskOptions): Desk {
  const memory = createMemory({ blind })
  let pending: Pending[] = []
  let engine: EngineHands | null = null
  let lastStatus: LiveStatus | null = null

  const places = createPlaces(people, (place, error) => {
    engine?.trouble(`a terminal failed and was given up: ${messageOf(error)}`)
    gone(place)
    place.seat.close().catch(() => undefined) // It has failed already.
  })
  const sees = (place: Place) =>
    memory.isRevealed() ||
    place.kind === 'script' ||
    (place.kind === 'joined' && place.who.role === 'operator')
  const isHers = (place: Place, { role }: Question) => places.rolesOf(place).includes(role)

  const tellRoles = () =>
    places.each((place) => {
      if (place.kind === 'host' || place.kind === 'joined')
        place.seat.roles?.(places.rolesOf(place), places.personOf(place).name)
    })
  const tellQuestions = () =>
    places.each((place) => {
      const asked = (hers: boolean) =>
        pending
          .filter(({ question }) => isHers(place, question) === hers)
          .map(({ question }) => openPart(question, sees(place)))
      place.seat.questions(asked(true), asked(false))
    })
  const tellStatus = (status: LiveStatus) =>
    places.each((place) => place.seat.status(sees(place) ? status : hideStatus(status)))
  const show = (lines: readonly string[]) => places.each(({ seat }) => seat.show(lines))

  const hands = (): EngineHands => {
    if (engine === null) throw new InternalError('a desk was spoken to before its drill had begun')
    return engine
  }
  const note = (by: Person, wish: NoteWish): NoteReceipt => {
    // A correction is read as the note that it corrects: only in a to-do does @name mean its owner.
    const kind = (wish.corrects === null ? null : memory.kindOf(wish.corrects)) ?? wish.kind
    const draft = readNote(kind, wish.text, { begunMs: wish.begunMs, today: clock.wall() })
    if ('problem' in draft) return draft
    try {
      return write(hands(), draft, wish.corrects, by)
    } catch (error) {
      return { problem: messageOf(error) }
    }
  }
  const answer = (place: Place, gate: string, text: string): string | null => {
    const found = pending.find(({ question }) => question.gate === gate && isHers(place, question))
    if (found === undefined) return `"${gate}" is not open any more`
    const reading = found.question.read(plainText(text))
    if ('problem' in reading) return reading.problem
    const left = Math.max(0, Math.round((found.question.deadlineMs - hands().nowMs()) / 1000))
    const who = places.personOf(place, found.question.role).name
    found.settle({
      value: reading.value,
      ...(place.kind === 'script'
        ? { by: 'script', who: people === null ? null : who, reason: 'as the script says' }
        : { by: 'person', who, reason: `${left} s before the deadline` }),
    })
    return null
  }

  const take = (place: Place): SeatHands => {
    places.add(place)
    tellRoles()
    if (lastStatus !== null) tellStatus(lastStatus)
    tellQuestions()
    return {
      nowMs: () => engine?.nowMs() ?? 0,
      note: async (wish) => note(places.personOf(place, wish.as ?? 'scribe'), wish),
      answer: async (gate, text) => answer(place, gate, text),
      abort: () => hands().abort(places.personOf(place, 'lead')),
    }
  }
  const gone = (place: Place) => {
    if (place.kind === 'joined') engine?.left(place.who)
    tellRoles()
    tellQuestions()
  }

  return {
    get there() {
      return places.all().some(({ kind }) => kind === 'host' || kind === 'script')
    },
    get epochMs() {
      return engine === null ? null : clock.now() - engine.nowMs()
    },
    begin: (given) => {
      engine = given
    },
    host: (seat) => take({ seat, kind: 'host' }),
    play: (seat) => take({ seat, kind: 'script' }),
    view: (seat) => void take({ seat, kind: 'view' }),
    sit: (seat, { name, role }) => {
      const who = { role, name: plainText(name) }
      const holder = role === 'observer' ? null : places.joinedFor(role)
      if (holder !== null) throw taken(who, holder)
      const seated = take({ seat, kind: 'joined', who })
      engine?.joined(who)
      return seated
    },
    leave: (seat) => {
      const place = places.remove(seat)
      if (place !== null) gone(place)
    },
    backlog: (seat) => {
      const place = places.all().find((other) => other.seat === seat)
      return memory.backlog(place !== undefined && sees(place))
    },
    jot: async (wish, { name, role }) => note({ role, name: plainText(name) }, wish),
    entry: (entry) => {
      const revealed = memory.entry(entry)
      places.each((place) => place.seat.entry(sees(place) ? entry : hideEntry(entry)))
      if (revealed.length > 0) show(revealed)
    },
    status: (status) => {
      lastStatus = status
      tellStatus(status)
    },
    ask: (question, signal) =>
      new Promise((resolve) => {
        const settle = (reply: Reply | null) => {
          signal.removeEventListener('abort', withdraw)
          pending = pending.filter((other) => other.settle !== settle)
          resolve(reply)
          tellQuestions()
        }
        const withdraw = () => settle(null)
        if (signal.aborted) {
          resolve(null)
          return
        }
        signal.addEventListener('abort', withdraw)
        pending = [...pending, { question, settle }].sort(
          (a, b) => a.question.deadlineMs - b.question.deadlineMs,
        )
        tellQuestions()
      }),
    show,
    draft: (lines) => {
      show(lines)
      places.each(({ seat }) => seat.draft?.(lines))
    },
    finish: async () => {
      await Promise.allSettled(places.all().map(async ({ seat }) => seat.finish?.()))
    },
    close: async () => {
      // One that cannot be closed must not keep the others open.
      const all = places.all()
      for (const { seat } of all) places.remove(seat)
      await Promise.allSettled(all.map(({ seat }) => seat.close()))
    },
  }
}

function write(engine: EngineHands, draft: NoteDraft, corrects: string | null, by: Person): NoteReceipt {
  if (corrects === null) return { id: engine.note(draft, by), forMs: draft.forMs }
  const problem = engine.correct(corrects, draft, by)
  return problem === null ? { id: corrects, forMs: draft.forMs } : { problem }
}

function taken({ role }: Person, holder: Person): GamedayError {
  return new GamedayError(`${holder.name} has joined as ${role} already`, {
    code: 'ROLE_TAKEN',
    exitCode: EXIT.usage,
    hint: 'Join in another role: --as scribe, --as operator or --as observer.',
  })
}
