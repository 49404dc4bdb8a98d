import { isObject, textOrNull, type JsonObject } from '../../json.ts'
import { word, type Losses } from '../losses.ts'

/** The kinds of image that Anthropic takes. */
const IMAGE_DATA = /^data:(image\/(?:jpeg|png|gif|webp));base64,/

/** Writes the content of a user's message as blocks. Empty texts are left out: Anthropic refuses them. */
export function carryParts(content: unknown, path: string, losses: Losses): JsonObject[] {
  return partsOf(content).flatMap((part, index) => {
    const at = `${path}.content[${index}]`
    if (isObject(part) && part['type'] === 'image_url') return carryImage(part['image_url'], at, losses)
    return carryText(part, at, losses)
  })
}

/** Writes content that is text alone as blocks. */
export function textBlocks(content: unknown, path: string, losses: Losses): JsonObject[] {
  return partsOf(content).flatMap((part, index) => carryText(part, `${path}.content[${index}]`, losses))
}

function partsOf(content: unknown): unknown[] {
  if (typeof content === 'string') return [{ type: 'text', text: content }]
  return Array.isArray(content) ? content : []
}

function carryText(part: unknown, path: string, losses: Losses): JsonObject[] {
  const { type, text, refusal } = isObject(part) ? part : {}
  if (type === 'text' || type === 'refusal') {
    const words = textOrNull(text ?? refusal)
    return words === null ? [] : [{ type: 'text', text: words }]
  }
  losses.add(path, word(type))
  return []
}

function carryImage(image: unknown, path: string, losses: Losses): JsonObject[] {
  const url = isObject(image) ? image['url'] : null
  if (typeof url !== 'string' || !isObject(image)) losses.add(path, 'an image without a url')
  else if (/^https?:/i.test(url)) return [{ type: 'image', source: { type: 'url', url } }]
  else {
    const mediaType = IMAGE_DATA.exec(url.slice(0, 40))?.[1]
    if (mediaType !== undefined) {
      const data = url.slice(url.indexOf(',') + 1)
      return [{ type: 'image', source: { type: 'base64', media_type: mediaType, data } }]
    }
    losses.add(path, 'an image that is no JPEG, PNG, GIF or WebP')
  }
  return []
}
