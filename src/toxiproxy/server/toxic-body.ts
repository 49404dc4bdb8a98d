import { apiErrors } from './errors.ts'
import {
  cannotUnmarshal,
  field,
  fieldsNamed,
  fieldTypes,
  membersOf,
  parseBody,
  type Json,
} from './json/decode.ts'
import { DIRECTIONS, type Toxic } from './toxic.ts'
import { TOXIC_KINDS } from './toxics/index.ts'
import type { Attributes, ToxicKind } from './toxics/toxic.ts'

/**
 * Reads the toxic that a body describes, as `POST …/toxics` gets it. Throws the API's errors in the API's order: body,
 * stream, type, duplicate (which `isTaken` tells), attributes.
 */
export function readNewToxic(body: string, isTaken: (name: string) => boolean): Omit<Toxic, 'ordinal'> {
  const members = membersOf(parseBody(body), 'Go value of type toxics.ToxicWrapper')
  const owner = 'ToxicWrapper'
  const givenName = field(members, 'name', fieldTypes.string, owner) ?? ''
  const type = field(members, 'type', fieldTypes.string, owner) ?? ''
  const stream = field(members, 'stream', fieldTypes.string, owner) ?? 'downstream'
  const toxicity = field(members, 'toxicity', fieldTypes.float32, owner) ?? 1
  const attributes = fieldsNamed(members, 'attributes')
  for (const json of attributes) {
    if (json.kind !== 'object' && json.kind !== 'null')
      throw cannotUnmarshal(json, `Go struct field ${owner}.attributes of type toxics.NoopToxic`)
  }

  const direction = DIRECTIONS.find((each) => each === stream.toLowerCase())
  if (direction === undefined) throw apiErrors.invalidStream()
  const kind = TOXIC_KINDS.get(type)
  if (kind === undefined) throw apiErrors.invalidToxicType()
  // The stream goes into the name as it was written: `latency_UpStream`.
  const name = givenName === '' ? `${type}_${stream}` : givenName
  if (isTaken(name)) throw apiErrors.toxicAlreadyExists()
  return { name, kind, direction, stream, toxicity, attributes: readAttributes(attributes, kind, {}) }
}

/**
 * Reads a change of a toxic: attributes and toxicity, laid over what they are; everything else in the body is ignored.
 * Throws the API's 400, and then nothing has changed, as from 2.13 on; before, the fields up to the bad one stuck.
 */
export function readToxicChange(body: string, toxic: Toxic): Pick<Toxic, 'attributes' | 'toxicity'> {
  const members = membersOf(
    parseBody(body),
    'Go value of type struct { Attributes interface {} "json:\\"attributes\\""; Toxicity float32 "json:\\"toxicity\\"" }',
  )
  return {
    attributes: readAttributes(fieldsNamed(members, 'attributes'), toxic.kind, toxic.attributes),
    toxicity: field(members, 'toxicity', fieldTypes.float32, '') ?? toxic.toxicity,
  }
}

/** Lays what is given over what was, fills the rest with zero, and asks the kind whether it can live with it. */
function readAttributes(given: Json[], kind: ToxicKind, before: Attributes): Attributes {
  const attributes: Record<string, number> = Object.fromEntries(
    kind.fields.map((key) => [key, before[key] ?? 0]),
  )
  for (const json of given) {
    const members = membersOf(json, `Go struct field .attributes of type toxics.${kind.structName}`)
    for (const key of kind.fields) {
      attributes[key] =
        field(members, key, fieldTypes.int64, `${kind.structName}.attributes`) ?? attributes[key] ?? 0
    }
  }
  const harm = kind.validate?.(attributes) ?? null
  if (harm !== null) throw apiErrors.badRequestBody(harm)
  return attributes
}
