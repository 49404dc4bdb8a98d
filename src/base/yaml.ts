import { isDeepStrictEqual } from 'node:util'
import { LineCounter, parseDocument, type Document } from 'yaml'
import { z } from 'zod'
import { InvalidFileError, type Problem } from './problems.ts'
import { validate, type Objection } from './schema-problems.ts'
import { hideKeys } from './show-value.ts'
import { offsetOf, type Path } from './yaml-positions.ts'
import { syntaxProblems, unusable } from './yaml-syntax.ts'

export type { Objection } from './schema-problems.ts'
export type { Path } from './yaml-positions.ts'

export interface YamlSource<T> {
  /** Name of the file, for errors. */
  file: string
  /** What the file is, for errors: `drill`. */
  what: string
  /** Code of the error: `DRILL_INVALID`. */
  code: string
  schema: z.ZodType<T>
  /**
   * Objects to what no schema can: how the parts fit together. It is handed the data as it stands in the file, valid
   * or not, so that these mistakes are reported together with the others; and what the schema made of it, if it could.
   */
  check?: (raw: unknown, value: T | null) => readonly Objection[]
  /** The paths whose values no error may quote. */
  secret?: (path: Path) => boolean
  /** Default 64 KiB: twenty times the longest shipped drill. */
  mostBytes?: number
}

const MOST_BYTES = 64 * 1024

/**
 * Reads YAML into what its schema makes of it.
 *
 * @throws InvalidFileError with everything that is wrong, each as `file:line:column: path: found; write instead`
 */
export function readYaml<T>(content: string | Uint8Array, source: YamlSource<T>): T {
  const { file, what, code, schema, check = () => [], secret = () => false, mostBytes = MOST_BYTES } = source
  const refuse = (problems: Problem[]) => new InvalidFileError(problems, { code, what, file })
  const whole = (found: string, instead: string) =>
    refuse([{ file, line: 1, column: 1, path: '', found, instead }])

  const bytes = typeof content === 'string' ? Buffer.byteLength(content) : content.byteLength
  if (bytes > mostBytes)
    throw whole(`found ${Math.ceil(bytes / 1024)} KiB`, `write at most ${Math.floor(mostBytes / 1024)} KiB`)
  const text = typeof content === 'string' ? content : decode(content)
  if (text === null) throw whole('found bytes that are not UTF-8', 'save the file as UTF-8 text')

  const lines = new LineCounter()
  // Pretty errors would quote the lines around a mistake, with whatever key or prompt stands there.
  const document: Document = parseDocument(text, {
    lineCounter: lines,
    prettyErrors: false,
    uniqueKeys: false,
    stringKeys: true,
  })
  if (document.contents === null && document.errors.length === 0)
    throw whole('found nothing', `write a ${what}`)

  const syntax = syntaxProblems(document)
  const raw = unusable(document) ? null : toPlain(document)
  if (raw === null && syntax.length === 0)
    throw whole('found aliases that stand for too much', 'write the values out')
  if (raw === null) throw refuse(syntax.map(toProblem))

  const result = validate(raw.plain, schema, secret)
  const checked = check(raw.plain, 'value' in result ? result.value : null)
  const objections = [
    // A key that is known elsewhere is objected to with its reason; that it is unknown here adds nothing.
    ...('objections' in result ? result.objections : []).filter(
      ({ path, spot }) => spot === 'value' || !checked.some((other) => isDeepStrictEqual(other.path, path)),
    ),
    ...checked,
  ]
  if (syntax.length === 0 && objections.length === 0 && 'value' in result) return result.value

  // Below a place that was misread nothing is sure, and what is missing may only be misread.
  const sureUntil = Math.min(...syntax.filter(({ misleads }) => misleads).map(({ offset }) => offset))
  const placed = objections.map((objection) => ({
    ...objection,
    offset: offsetOf(document, objection.path, objection.spot),
  }))
  const sure = placed.filter(
    ({ offset, found }) => sureUntil === Infinity || (offset < sureUntil && found !== 'missing'),
  )
  throw refuse([...syntax, ...sure].toSorted((a, b) => a.offset - b.offset).map(toProblem))

  function toProblem({
    offset,
    path,
    found,
    instead,
  }: {
    offset: number
    path: Path
    found: string
    instead: string
  }): Problem {
    const { line, col } = lines.linePos(offset)
    // An empty text has no line yet.
    return {
      file,
      line: Math.max(1, line),
      column: Math.max(1, col),
      path: hideKeys(z.core.toDotPath(path)),
      found: hideKeys(found),
      instead: hideKeys(instead),
    }
  }
}

function decode(bytes: Uint8Array): string | null {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch {
    return null
  }
}

/** The document as plain data; null when an alias refers to nothing or stands for too much. */
function toPlain(document: Document): { plain: unknown } | null {
  try {
    const plain: unknown = document.toJS({ maxAliasCount: 100 })
    return { plain }
  } catch (error) {
    if (error instanceof ReferenceError) return null
    throw error
  }
}
