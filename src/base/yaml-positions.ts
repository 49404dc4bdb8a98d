import { isAlias, isMap, isNode, isScalar, isSeq, type Document, type Node } from 'yaml'

export type Path = readonly PropertyKey[]

/** What to point at: the key itself or its value. What does not exist is pointed at by what should have held it. */
export type Spot = 'key' | 'value'

interface Place {
  key: Node | null
  value: Node | null
}

/** Finds the offset at which an editor should open: of the key or value at `path`, or of the nearest thing around it. */
export function offsetOf(document: Document, path: Path, spot: Spot): number {
  const places = placesAlong(document, path)
  const { key, value } = places.at(-1) ?? { key: null, value: null }
  const missing = places.length <= path.length
  // A map or list that begins on the line below its key is found by its key; so is a value that is not there.
  const node = missing || spot === 'key' || !isScalar(value) || isBlank(value) ? (key ?? value) : value
  return node?.range?.[0] ?? 0
}

/** The places on a path, from the whole document on, as far as it exists. */
function placesAlong(document: Document, path: Path): Place[] {
  const places: Place[] = [{ key: null, value: document.contents }]
  for (const segment of path) {
    const place = within(document, places.at(-1)?.value ?? null, segment)
    if (place === null) break
    places.push(place)
  }
  return places
}

function within(document: Document, parent: Node | null, segment: PropertyKey): Place | null {
  const holder = isAlias(parent) ? parent.resolve(document) : parent
  if (isMap(holder)) {
    // The last one: it is the one that counts when a key is written twice.
    const pair = holder.items.findLast(({ key }) => isScalar(key) && String(key.value) === String(segment))
    return pair === undefined ? null : { key: nodeOrNull(pair.key), value: nodeOrNull(pair.value) }
  }
  const item: unknown = isSeq(holder) ? holder.items[Number(segment)] : undefined
  return item === undefined ? null : { key: null, value: nodeOrNull(item) }
}

const nodeOrNull = (node: unknown) => (isNode(node) ? node : null)
const isBlank = ({ range }: Node) => range != null && range[0] === range[1]
