import { CREW_ROLES } from '../base/index.ts'
import type { People } from '../record/index.ts'
import type { Person } from './crew.ts'
import type { Seat, SeatRole } from './seat.ts'

/** A seat, and as what it sits at the desk. */
export type Place = { seat: Seat } & ({ kind: 'host' | 'script' | 'view' } | { kind: 'joined'; who: Person })

/** Who sits at the desk, and for whom each of them speaks. */
export interface Places {
  all: () => readonly Place[]
  add: (place: Place) => void
  /** Takes a seat away and returns its place; null if it has none any more. */
  remove: (seat: Seat) => Place | null
  rolesOf: (place: Place) => readonly SeatRole[]
  /** Who has joined for a role, so that the lead's terminal speaks for it no more. */
  joinedFor: (role: SeatRole) => Person | null
  /** Who speaks from there: for the wanted role if it holds that, else for its first. */
  personOf: (place: Place, wanted?: SeatRole) => Person
  /**
   * Tells every seat something. One that throws is taken away: a terminal that fails must neither end the drill nor keep
   * the others from hearing.
   */
  each: (tell: (place: Place) => void) => void
}

/** @param onFailed called later, and once for each, with a place that was taken away because its seat threw */
export function createPlaces(
  people: People | null,
  onFailed: (place: Place, error: unknown) => void,
): Places {
  let places: readonly Place[] = []
  const joinedFor: Places['joinedFor'] = (role) => {
    const place = places.find((one) => one.kind === 'joined' && one.who.role === role)
    return place?.kind === 'joined' ? place.who : null
  }
  const rolesOf: Places['rolesOf'] = (place) => {
    if (place.kind === 'joined') return [place.who.role]
    if (place.kind === 'script') return CREW_ROLES
    return place.kind === 'view' ? [] : CREW_ROLES.filter((role) => joinedFor(role) === null)
  }
  const without = (place: Place) => {
    places = places.filter((other) => other !== place)
  }
  return {
    all: () => places,
    add: (place) => {
      places = [...places, place]
    },
    remove: (seat) => {
      const place = places.find((one) => one.seat === seat) ?? null
      if (place !== null) without(place)
      return place
    },
    rolesOf,
    joinedFor,
    personOf: (place, wanted) => {
      if (place.kind === 'joined') return place.who
      const roles = rolesOf(place)
      const role = wanted !== undefined && roles.includes(wanted) ? wanted : (roles[0] ?? 'lead')
      const name = (role === 'observer' ? undefined : people?.[role]) ?? role
      return place.kind === 'script'
        ? { role, name: people === null ? 'script' : name, script: true }
        : { role, name }
    },
    each: (tell) => {
      for (const place of places) {
        try {
          tell(place)
        } catch (error) {
          without(place)
          // Later: whoever told it may be in the middle of writing it down.
          setImmediate(() => onFailed(place, error))
        }
      }
    },
  }
}
