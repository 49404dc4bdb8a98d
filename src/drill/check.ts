import {
  formatBytes,
  formatDuration,
  parseBytes,
  parseDuration,
  type Objection,
  type Path,
} from '../base/index.ts'
import { checkTenants } from './check-tenant.ts'
import { isRecord, type Item } from './items.ts'

/**
 * Objects to an agenda whose phases do not fit together. It says nothing of what the schema objects to, so that both
 * kinds of mistakes are reported at once. Pure.
 */
export function checkAgenda(items: readonly Item[]): Objection[] {
  if (items.length === 0) return []
  // What a phase of an unknown kind was meant to be decides whether the order is right.
  const order = items.every(({ kind }) => kind !== null)
    ? [...checkBaselines(items), ...checkBeforeBreak(items), ...checkRestores(items)]
    : []
  return [
    ...order,
    ...checkNames(items),
    ...items.flatMap(checkTarget),
    ...items.flatMap(checkSecondary),
    ...items.flatMap(checkTenants),
    ...items.flatMap(checkLengths),
  ]
}

const objection = (
  path: Path,
  found: string,
  instead: string,
  spot: Objection['spot'] = 'value',
): Objection => ({ path, spot, found, instead })

/** The load begins with the baseline, and all outages are compared with it: there can be only one. */
function checkBaselines(items: readonly Item[]): Objection[] {
  return items
    .filter(({ kind }) => kind === 'baseline')
    .slice(1)
    .map(({ path }) =>
      objection(
        [...path, 'phase'],
        'found a second baseline',
        'remove it: the whole drill is compared with the first',
      ),
    )
}

function checkBeforeBreak(items: readonly Item[]): Objection[] {
  const first = items.findIndex(({ kind }) => kind === 'break')
  if (first === -1)
    return [
      objection(['agenda'], 'found no break phase', 'write at least one phase: break, with its fault', 'key'),
    ]
  const before = items.slice(0, first).map(({ kind }) => kind)
  const baseline = items.findIndex(({ kind }) => kind === 'baseline')
  const path: Path = ['agenda', first, 'phase']
  return [
    ...(before.includes('baseline')
      ? []
      : [
          objection(
            path,
            'found a break before any baseline',
            'write a phase: baseline before it, to compare with',
          ),
        ]),
    ...(before.includes('go-no-go')
      ? []
      : [
          objection(
            path,
            'found a break before any go-no-go',
            'write a phase: go-no-go before it, where people may say no',
          ),
        ]),
    ...(baseline < first
      ? []
      : [
          objection(
            ['agenda', baseline, 'phase'],
            'found a baseline after something was broken',
            'move it before the first break',
          ),
        ]),
  ]
}

/** A fault lasts until its restore begins. So nothing may come between, or it would outlast its cap. */
function checkRestores(items: readonly Item[]): Objection[] {
  const turns = items.flatMap(({ kind }, index) =>
    kind === 'break' || kind === 'restore' ? [{ kind, index }] : [],
  )
  return turns.flatMap(({ kind, index }, turn) => {
    const at: Path = ['agenda', index, 'phase']
    const [last, next] = [turns[turn - 1], turns[turn + 1]]
    if (kind === 'restore')
      return last?.kind === 'break'
        ? []
        : [
            objection(
              at,
              'found a restore with nothing broken before it',
              'remove it, or write a phase: break right before it',
            ),
          ]
    if (next === undefined)
      return [
        objection(
          at,
          'found a break that is never followed by a restore',
          'write a phase: restore right after it',
        ),
      ]
    if (next.kind === 'break')
      return [
        objection(
          at,
          'found a break without a restore before the next break',
          'write a phase: restore right after it',
        ),
      ]
    return checkBetween(items.slice(index + 1, next.index))
  })
}

function checkBetween(items: readonly Item[]): Objection[] {
  return items.flatMap(({ kind, path }) =>
    // A baseline there is objected to already, and must go elsewhere.
    kind === null || kind === 'baseline'
      ? []
      : [
          objection(
            [...path, 'phase'],
            `found a ${kind} between a break and its restore, so that the fault could outlast its cap`,
            'move it before the break or after the restore',
          ),
        ],
  )
}

/** The control lane asks the primary alone, and load comes to the secondary only while the primary is out. */
function checkTarget({ path, kind, raw }: Item): Objection[] {
  if (kind !== 'break') return []
  const faultKind = isRecord(raw.fault) ? raw.fault.kind : undefined
  const own = faultKind === 'router-killed' ? 'router' : 'primary'
  if ((raw.target === 'primary' || raw.target === 'router') && raw.target !== own) {
    return [
      objection(
        [...path, 'target'],
        `found target: ${raw.target} for a fault of the ${own}`,
        `write ${own}, or leave it out`,
      ),
    ]
  }
  if (raw.target !== 'secondary') return []
  return [
    objection(
      [...path, 'target'],
      'found target: secondary',
      'write primary: alone, a fault of the secondary meets no load that could prove it; beside one of the primary, write it as secondary:',
    ),
  ]
}

/** Beside a killed router nothing reaches the secondary, and not every fault can be the secondary's. */
function checkSecondary({ path, kind, raw }: Item): Objection[] {
  if (kind !== 'break' || !isRecord(raw.secondary)) return []
  const kindOf = (fault: unknown) => (isRecord(fault) ? fault.kind : undefined)
  if (kindOf(raw.fault) === 'router-killed') {
    return [
      objection(
        [...path, 'secondary'],
        'found a fault of the secondary beside a killed router, whose bypass leads to the primary alone',
        'leave it out',
        'key',
      ),
    ]
  }
  const own = kindOf(raw.secondary)
  if (own !== 'router-killed' && own !== 'by-hand') return []
  const why =
    own === 'router-killed' ? 'which strikes no provider' : 'for which the operator has no second hand'
  return [
    objection(
      [...path, 'secondary', 'kind'],
      `found ${own}, ${why}`,
      'write it as fault: of a break of its own',
    ),
  ]
}

function checkNames(items: readonly Item[]): Objection[] {
  return items.flatMap(({ name, ownName, path }, index) => {
    if (items.findIndex((other) => other.name === name) === index) return []
    const at = ownName === undefined ? [...path, 'phase'] : [...path, 'name']
    return [objection(at, `found a second phase called "${name}"`, 'write another name')]
  })
}

function checkLengths({ path, raw, lengthMs: length }: Item): Objection[] {
  const ms = (value: unknown) => (typeof value === 'string' ? parseDuration(value) : null)
  const [atLeast, cap] = [ms(raw.atLeast), ms(raw.cap)]
  const objections: Objection[] = []
  const notOver = (what: string, value: number | null, limit: number | null, limitName: string) => {
    if (value === null || limit === null || value <= limit) return
    objections.push(
      objection(
        [...path, ...what.split('.')],
        `found ${formatDuration(value)}, longer than ${limitName}`,
        `write at most ${formatDuration(limit)}`,
      ),
    )
  }
  notOver('atLeast', atLeast, length, "the phase's length")
  for (const field of ['fault', 'secondary']) {
    const fault = isRecord(raw[field]) ? raw[field] : {}
    const [spread, latency, jitter, bypass] = [
      ms(fault.spreadOver),
      ms(fault.latency),
      ms(fault.jitter),
      ms(fault.bypassAfter),
    ]
    notOver(`${field}.spreadOver`, spread, length, 'the phase, so that it would never be revoked whole')
    notOver(`${field}.bypassAfter`, bypass, length, 'the phase, so that nobody would ever bypass it')
    notOver(`${field}.jitter`, jitter, latency, 'the latency itself')
    notOver(`${field}.down`, ms(fault.down), length, 'the phase, so that it would never be up again')
    const [size, variation] = [fault.size, fault.variation].map((value) =>
      typeof value === 'string' ? parseBytes(value) : null,
    )
    // Toxiproxy up to 2.12 dies of it (Shopify/toxiproxy#541).
    if (size != null && variation != null && variation > size)
      objections.push(
        objection(
          [...path, field, 'variation'],
          `found ${formatBytes(variation)}, more than the size itself`,
          `write at most ${formatBytes(size)}`,
        ),
      )
  }
  if (cap !== null && length !== null && cap < length) {
    objections.push(
      objection(
        [...path, 'cap'],
        `found ${formatDuration(cap)}, shorter than the phase, so that the fault would end before it`,
        `write at least ${formatDuration(length)}`,
      ),
    )
  }
  return objections
}
