import { CREW_ROLES, GamedayError, InternalError, messageOf, EXIT, type Clock } from '../base/index.ts'
import type { JournalEntry, NoteKind, People } from '../record/index.ts'
import type { Crew, EngineHands, LiveStatus, NoteDraft, Person } from './crew.ts'
import { hideEntry, hideStatus, isReveal } from './hide.ts'
import { plainText, readNote } from './note-text.ts'
import { openPart, type Question, type Reply } from './question.ts'
import type { NoteReceipt, NoteWish, Seat, SeatHands, SeatRole } from './seat.ts'

/** How many entries a terminal that joins late is told of. */
const BACKLOG = 300

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

type Place = { seat: Seat } & ({ kind: 'host' | 'script' | 'view' } | { kind: 'joined'; who: Person })

interface Pending {
  question: Question
  settle: (reply: Reply | null) => void
}

export function createDesk({ people, blind, clock }: DeskOptions): Desk {
  let places: Place[] = []
  let pending: Pending[] = []
  let engine: EngineHands | null = null
  let lastStatus: LiveStatus | null = null
  let revealed = !blind
  const entries: JournalEntry[] = []
  const kinds = new Map<string, NoteKind>()

  const hands = (): EngineHands => {
    if (engine === null) throw new InternalError('a desk was spoken to before its drill had begun')
    return engine
  }
  const joinedFor = (role: SeatRole) =>
    places.find((place) => place.kind === 'joined' && place.who.role === role)
  const rolesOf = (place: Place): readonly SeatRole[] => {
    if (place.kind === 'joined') return [place.who.role]
    if (place.kind === 'script') return CREW_ROLES
    return place.kind === 'view' ? [] : CREW_ROLES.filter((role) => joinedFor(role) === undefined)
  }
  const sees = (place: Place) =>
    revealed || place.kind === 'script' || (place.kind === 'joined' && place.who.role === 'operator')
  const isHers = (place: Place, { role }: Question) => rolesOf(place).includes(role)
  const tellRoles = () => {
    for (const place of places)
      if (place.kind === 'host' || place.kind === 'joined')
        place.seat.roles?.(rolesOf(place), personOf(place).name)
  }
  const tellQuestions = () => {
    for (const place of places)
      place.seat.questions(
        pending.flatMap(({ question }) => (isHers(place, question) ? [openPart(question, sees(place))] : [])),
      )
  }
  const tell = (place: Place, entry: JournalEntry) => place.seat.entry(sees(place) ? entry : hideEntry(entry))
  const tellStatus = (place: Place, status: LiveStatus) =>
    place.seat.status(sees(place) ? status : hideStatus(status))

  const personOf = (place: Place, wanted?: SeatRole): Person => {
    if (place.kind === 'joined') return place.who
    const roles = rolesOf(place)
    const role = wanted !== undefined && roles.includes(wanted) ? wanted : (roles[0] ?? 'lead')
    const name = role === 'observer' ? undefined : people?.[role]
    return { role, name: name ?? (place.kind === 'script' ? 'script' : role) }
  }

  const note = (by: Person, wish: NoteWish): NoteReceipt => {
    // A correction is read as the note that it corrects: only in a to-do does @name mean its owner.
    const kind = (wish.corrects === null ? undefined : kinds.get(wish.corrects)) ?? wish.kind
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
    found.settle({ value: reading.value, ...decider(place, found.question) })
    return null
  }

  const decider = (place: Place, { role, deadlineMs }: Question): Omit<Reply, 'value'> => {
    const left = Math.max(0, Math.round((deadlineMs - hands().nowMs()) / 1000))
    const who = personOf(place, role).name
    return place.kind === 'script'
      ? { by: 'script', who: people === null ? null : who, reason: 'as the script says' }
      : { by: 'person', who, reason: `${left} s before the deadline` }
  }

  const handsFor = (place: Place): SeatHands => ({
    nowMs: () => engine?.nowMs() ?? 0,
    note: async (wish) => note(personOf(place, wish.as ?? 'scribe'), wish),
    answer: async (gate, text) => answer(place, gate, text),
    abort: () => hands().abort(personOf(place, 'lead')),
  })

  const take = (place: Place): SeatHands => {
    places = [...places, place]
    tellRoles()
    if (lastStatus !== null) tellStatus(place, lastStatus)
    tellQuestions()
    return handsFor(place)
  }

  return {
    get there() {
      return places.some(({ kind }) => kind === 'host' || kind === 'script')
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
      const holder = role === 'observer' ? undefined : joinedFor(role)
      if (holder?.kind === 'joined') throw taken(who, holder.who)
      const seated = take({ seat, kind: 'joined', who })
      engine?.joined(who)
      return seated
    },
    leave: (seat) => {
      const gone = places.find((place) => place.seat === seat)
      places = places.filter((place) => place !== gone)
      if (gone?.kind === 'joined') engine?.left(gone.who)
      tellRoles()
      tellQuestions()
    },
    backlog: (seat) => {
      const place = places.find((other) => other.seat === seat)
      return place !== undefined && sees(place) ? [...entries] : entries.map(hideEntry)
    },
    jot: async (wish, { name, role }) => note({ role, name: plainText(name) }, wish),
    entry: (entry) => {
      if (isReveal(entry)) revealed = true
      entries.push(entry)
      if (entry.type === 'note') kinds.set(entry.note, entry.kind)
      if (entries.length > BACKLOG) entries.shift()
      for (const place of places) tell(place, entry)
    },
    status: (status) => {
      lastStatus = status
      for (const place of places) tellStatus(place, status)
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
    show: (lines) => {
      for (const { seat } of places) seat.show(lines)
    },
    close: async () => {
      // One that cannot be closed must not keep the others open.
      await Promise.allSettled(places.map(({ seat }) => seat.close()))
      places = []
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
