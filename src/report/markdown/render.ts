import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import Handlebars from 'handlebars'
import { GamedayError, messageOf, systemCode } from '../../base/index.ts'
import type { Records, Result } from '../../record/index.ts'
import { viewOf } from './view.ts'

const SHIPPED = new URL('../../../templates/report.md.hbs', import.meta.url)

/**
 * Renders `report.md` from a Handlebars template, the shipped one unless another is named.
 * Throws `TEMPLATE_UNREADABLE` when the file cannot be read, `TEMPLATE_BROKEN` when it asks for what is not there.
 */
export function renderReport(
  result: Result,
  records: Records,
  template: string = fileURLToPath(SHIPPED),
): string {
  const source = read(template)
  const view = viewOf(result, records)
  try {
    // Nothing is escaped here: the view is Markdown, and HTML's escapes would show in it. Strict, so that a misspelt
    // name is an error and not a hole in the report.
    return `${Handlebars.create().compile(source, { noEscape: true, strict: true, explicitPartialContext: true })(view).trim()}\n`
  } catch (error) {
    throw broken(template, error)
  }
}

/** Reads a template and parses it, so that a mistake is found before a drill and not after it. Throws as `renderReport`. */
export function checkTemplateFile(template: string): void {
  const source = read(template)
  try {
    Handlebars.parse(source)
  } catch (error) {
    throw broken(template, error)
  }
}

function broken(template: string, error: unknown): GamedayError {
  return new GamedayError(`the template ${template} does not work: ${messageOf(error)}`, {
    code: 'TEMPLATE_BROKEN',
    hint: 'Compare it with the shipped templates/report.md.hbs, whose head lists everything that a template can print.',
    cause: error,
  })
}

function read(path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch (error) {
    const why = systemCode(error) === 'ENOENT' ? 'there is no such file' : messageOf(error)
    throw new GamedayError(`cannot read the template ${path}: ${why}`, {
      code: 'TEMPLATE_UNREADABLE',
      hint: 'Name a Handlebars file with --template, or leave it out for the shipped one.',
      cause: error,
    })
  }
}
