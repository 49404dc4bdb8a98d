import {
  isAlias,
  isCollection,
  isMap,
  isNode,
  isScalar,
  type Document,
  type ErrorCode,
  type Node,
  type YAMLError,
} from 'yaml'
import type { Path } from './yaml-positions.ts'

/** A mistake in the YAML itself, by its offset in the text. */
export interface SyntaxProblem {
  offset: number
  path: Path
  found: string
  instead: string
  /** Whether what stands below it may have been read differently from what was meant. */
  misleads: boolean
}

/** No drill needs more; a file made to exhaust the reader does. */
const DEEPEST = 20
const MOST_ALIASES = 100

const REMEDIES: Partial<Record<ErrorCode, string>> = {
  TAB_AS_INDENT: 'indent with spaces',
  BLOCK_AS_IMPLICIT_KEY: 'put one key on a line, and text that contains ": " in quotes',
  BAD_SCALAR_START: 'put the text in quotes',
  MULTIPLE_DOCS: 'keep one document in the file',
  NON_STRING_KEY: 'write a plain word as the key',
  TAG_RESOLVE_FAILED: 'remove the tag',
  RESOURCE_EXHAUSTION: 'nest less deeply',
}
/** Where the library's words are about itself. */
const FINDINGS: Partial<Record<ErrorCode, string>> = {
  NON_STRING_KEY: 'found a list or a map as a key',
  RESOURCE_EXHAUSTION: 'found too many levels',
  MULTIPLE_DOCS: 'found a second document',
}

/** Lists what the parser objects to, and what it lets pass although no drill can mean it. */
export function syntaxProblems(document: Document): SyntaxProblem[] {
  // Where the tree may not be touched, what made it so is all there is to say.
  const fatal =
    document.errors.find(({ code }) => code === 'RESOURCE_EXHAUSTION') ?? document.errors.find(isUnusable)
  if (fatal !== undefined) return [problemOf(fatal)]
  return [...[...document.errors, ...document.warnings].map(problemOf), ...structureProblems(document)]
}

function problemOf({ code, message, pos }: YAMLError): SyntaxProblem {
  return {
    offset: pos[0],
    path: [],
    found: FINDINGS[code] ?? `not YAML: ${message}`,
    instead: REMEDIES[code] ?? 'correct the line',
    misleads: code !== 'TAG_RESOLVE_FAILED',
  }
}

/**
 * Whether nothing of the document may be touched. Past RESOURCE_EXHAUSTION the tree is half built; a map or list used
 * as a key is turned into text by the library, which for deeply nested ones never ended (measured, yaml 2.9.1).
 */
export const unusable = (document: Document) => document.errors.some(isUnusable)

const isUnusable = ({ code }: YAMLError) => code === 'RESOURCE_EXHAUSTION' || code === 'NON_STRING_KEY'

function structureProblems(document: Document): SyntaxProblem[] {
  const problems: SyntaxProblem[] = []
  let aliases = 0
  const objectTo = (node: Node, path: Path, found: string, instead: string, misleads = true) =>
    problems.push({ offset: node.range?.[0] ?? 0, path, found, instead, misleads })

  function visit(node: unknown, path: Path): void {
    if (!isNode(node)) return
    if (isAlias(node)) {
      aliases++
      if (aliases === MOST_ALIASES + 1)
        objectTo(node, path, `found more than ${MOST_ALIASES} aliases`, 'write the values out')
      if (aliases <= MOST_ALIASES && node.resolve(document) === undefined)
        objectTo(
          node,
          path,
          `found the alias *${node.source} of nothing`,
          `write &${node.source} at the value it stands for`,
        )
      return
    }
    if (!isCollection(node)) return
    if (path.length >= DEEPEST) {
      objectTo(node, path, `found more than ${DEEPEST} levels`, 'nest less deeply')
      return
    }
    if (!isMap(node)) {
      for (const [index, item] of node.items.entries()) visit(item, [...path, index])
      return
    }
    const seen = new Set<string>()
    for (const { key, value } of node.items) {
      if (!isScalar(key)) continue
      const name = String(key.value)
      if (seen.has(name)) objectTo(key, [...path, name], 'found a second time', 'keep one of the two', false)
      seen.add(name)
      visit(value, [...path, name])
    }
  }

  visit(document.contents, [])
  return problems
}
