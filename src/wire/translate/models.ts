import { anthropicModels } from '../anthropic/build.ts'
import { isObject, objectsIn, parseJson, textOrNull } from '../json.ts'
import { openaiModels } from '../openai/build.ts'

/** Writes a list of models in the other format: it says which there are, and nothing of each that the other cannot know. */
export const modelsTo = {
  openai: (bodyText: string) => rewritten(bodyText, openaiModels),
  anthropic: (bodyText: string) => rewritten(bodyText, anthropicModels),
}

function rewritten(bodyText: string, write: (ids: readonly string[]) => string): string | null {
  const body = parseJson(bodyText)
  if (!isObject(body)) return null
  return write(
    objectsIn(body['data'])
      .map(({ id }) => textOrNull(id))
      .filter((id) => id !== null),
  )
}
