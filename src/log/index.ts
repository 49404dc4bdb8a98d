export { book, BOOKING_CAUSES, type Booking, type BookingCause } from './book.ts'
export { openOutbox, type Delivery, type Outbox, type OutboxFigures } from './outbox.ts'
export { pageOut, type PageTarget } from './page-out.ts'
export { createPager, type Page, type Pager } from './pager.ts'
export {
  openLogReader,
  type LogPage,
  type LogPromptCaching,
  type LogReader,
  type LogRest,
  type LogTotals,
} from './reader.ts'
export type { DaySpending } from './spending.ts'
export { openLogWriter, type LogWriter } from './writer.ts'
export {
  surveySlo,
  type SloSurvey,
  type SurveyedAlert,
  type SurveyedGroup,
  type SurveyedObjective,
} from './survey.ts'
export { openExporter } from './export/exporter.ts'
export { heliconeExport } from './export/helicone.ts'
export { otlpExport, otlpHeaders } from './export/otlp.ts'
