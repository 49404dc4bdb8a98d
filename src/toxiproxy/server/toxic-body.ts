import { apiErrors } from './errors.ts'
import { fieldReaders, membersOf, parseBody, readFields, type Json } from './json/decode.ts'
import { DIRECTIONS, type Settings, type Toxic } from './toxic.ts'
import { TOXIC_KINDS } from './toxics/index.ts'
import type { Attributes, ToxicKind } from './toxics/toxic.ts'

const { string, float32, struct } = fieldReaders

/**
 * Reads the toxic that a body describes, as `POST …/toxics` gets it. Throws the API's errors in the API's order: body,
 * stream, type, duplicate (which `isTaken` tells), attributes.
 */
export function readNewToxic(body: string, isTaken: (name: string) => boolean): Omit<Toxic, 'ordinal'> {
  const members = membersOf(parseBody(body), 'Go value of type toxics.ToxicWrapper')
  const given: Json[] = []
  const wrapper = readFields<{
    name: string
    type: string
    stream: string
    toxicity: number
    attributes: boolean
  }>(members, 'ToxicWrapper', {
    name: string,
    type: string,
    stream: string,
    toxicity: float32,
    attributes: (json, path) => {
      given.push(json)
      return struct('toxics.NoopToxic')(json, path)
    },
  })
  const { type = '', stream = 'downstream', toxicity = 1 } = wrapper

  const direction = DIRECTIONS.find((each) => each === stream.toLowerCase())
  if (direction === undefined) throw apiErrors.invalidStream()
  if (type === 'packet_loss') throw apiErrors.packetLoss()
  const kind = TOXIC_KINDS.get(type)
  if (kind === undefined) throw apiErrors.invalidToxicType()
  // The stream goes into the name as it was written: `latency_UpStream`.
  const name = wrapper.name || `${type}_${stream}`
  if (isTaken(name)) throw apiErrors.toxicAlreadyExists()
  const settings = Object.assign({}, ...given.map((json) => readSettings(json, kind)))
  return { name, kind, direction, stream, toxicity, ...settle(kind, {}, settings) }
}

/**
 * Reads a change of a toxic: attributes and toxicity, laid over what they are; everything else in the body is ignored.
 * Throws the API's 400, and then nothing has changed, as from 2.13 on; before, the fields up to the bad one stuck.
 */
export function readToxicChange(
  body: string,
  { kind, settings, toxicity }: Toxic,
): Pick<Toxic, 'settings' | 'attributes' | 'toxicity'> {
  const members = membersOf(
    parseBody(body),
    'Go value of type struct { Attributes interface {} "json:\\"attributes\\""; Toxicity float32 "json:\\"toxicity\\"" }',
  )
  const changed: Settings[] = []
  const given = readFields<{ attributes: number; toxicity: number }>(members, '', {
    attributes: (json) => changed.push(readSettings(json, kind)),
    toxicity: float32,
  })
  return { toxicity: given.toxicity ?? toxicity, ...settle(kind, settings, Object.assign({}, ...changed)) }
}

function readSettings(json: Json, { structName, fields, fieldType = 'int64' }: ToxicKind): Settings {
  const members = membersOf(json, `Go struct field .attributes of type toxics.${structName}`)
  const readers = Object.fromEntries(fields.map((key) => [key, fieldReaders[fieldType]]))
  return readFields<Record<string, bigint>>(members, `${structName}.attributes`, readers) as Settings
}

/** Lays what is given over what was, fills the rest with zero, and asks the kind whether it can live with it. */
function settle(
  kind: ToxicKind,
  before: Settings,
  given: Settings,
): { settings: Settings; attributes: Attributes } {
  const settings = Object.fromEntries(kind.fields.map((key) => [key, given[key] ?? before[key] ?? 0n]))
  // Beyond 2^53 the nearest double: as milliseconds, that is off by less than a second in 285,000 years.
  const attributes = Object.fromEntries(kind.fields.map((key) => [key, Number(settings[key])]))
  const harm = kind.validate?.(attributes) ?? null
  if (harm !== null) throw apiErrors.badRequestBody(harm)
  return { settings, attributes }
}
