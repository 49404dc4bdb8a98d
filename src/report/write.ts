import type { Records, Result } from '../record/index.ts'
import { writeWhole } from './atomic.ts'

export interface ReportOptions {
  /** Folder of the run. */
  dir: string
  result: Result
  records: Records
  /** Path of a Handlebars template to use in place of the shipped one. */
  template?: string
}

/**
 * Writes `result.json`, `timeline.svg`, `junit.xml` and `report.md` into the folder of a run, each whole or not at
 * all, and in this order, so that a report never points at a picture that is not there.
 *
 * Throws `RECORDS_UNWRITABLE` (disk full, no permission), and `TEMPLATE_UNREADABLE` or `TEMPLATE_BROKEN` for a
 * template of the user's: the other three files are written by then.
 */
export async function writeReport({
  dir,
  result,
  records,
  template,
}: ReportOptions): Promise<{ reportPath: string }> {
  writeWhole(dir, 'result.json', `${JSON.stringify(result, null, 2)}\n`)
  // Loaded here because only who draws a report needs them: the command line starts without.
  const [{ drawTimeline }, { composeJunit }, { renderReport }] = await Promise.all([
    import('./svg/timeline.ts'),
    import('./junit/junit.ts'),
    import('./markdown/render.ts'),
  ])
  writeWhole(dir, 'timeline.svg', drawTimeline(result, records))
  writeWhole(dir, 'junit.xml', composeJunit(result))
  return { reportPath: writeWhole(dir, 'report.md', renderReport(result, records, template)) }
}

/**
 * Checks a user's template before a drill is run with it.
 * Throws `TEMPLATE_UNREADABLE` when the file cannot be read, `TEMPLATE_BROKEN` when it is no template.
 */
export async function checkTemplate(path: string): Promise<void> {
  const { checkTemplateFile } = await import('./markdown/render.ts')
  checkTemplateFile(path)
}
