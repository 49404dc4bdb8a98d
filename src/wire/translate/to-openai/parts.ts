import { isObject, textOrNull, type JsonObject } from '../../json.ts'
import { refuseOthers } from '../fields.ts'
import { word, type Losses } from '../losses.ts'

/** Writes a block of text as a part. Empty ones are left out. */
export function carryText(block: JsonObject, path: string, losses: Losses): JsonObject[] {
  if (block['type'] !== 'text') {
    losses.add(path, word(block['type']))
    return []
  }
  refuseOthers(block, ['type', 'text', 'cache_control'], path, losses)
  const text = textOrNull(block['text'])
  return text === null ? [] : [{ type: 'text', text }]
}

/** Writes an image as a part: what is inline as a data URL. */
export function carryImage(block: JsonObject, path: string, losses: Losses): JsonObject[] {
  refuseOthers(block, ['type', 'source', 'cache_control'], path, losses)
  const source = isObject(block['source']) ? block['source'] : {}
  const { type, media_type: mediaType, data, url } = source
  if (type === 'base64' && typeof mediaType === 'string' && typeof data === 'string')
    return [imagePart(`data:${mediaType};base64,${data}`)]
  if (type === 'url' && typeof url === 'string') return [imagePart(url)]
  losses.add(path, `an image from a ${word(type)}`)
  return []
}

/** One text stands for itself; no part at all is an empty text. */
export function alone(parts: JsonObject[]): unknown {
  const [first] = parts
  if (first === undefined) return ''
  return parts.length === 1 && first['type'] === 'text' ? first['text'] : parts
}

function imagePart(url: string): JsonObject {
  return { type: 'image_url', image_url: { url } }
}
