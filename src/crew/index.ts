export type { Crew, EngineHands, LiveStatus, NoteDraft, Person } from './crew.ts'
export { MINUTE_BIN_MS } from './crew.ts'
export { readAssignment, type Assignment } from './assignment.ts'
export { isOver, readDay } from './day.ts'
export { createDesk, type Desk } from './desk.ts'
export type { FrameInput, Window } from './frame/index.ts'
export { connectHub, writeNote, type HubLine } from './hub/connect.ts'
export { openHub, type Hub } from './hub/open.ts'
export { jsonView, lineView, quietView } from './lines.ts'
export { plainText } from './note-text.ts'
export type { OpenQuestion, Question, Reading, Reply } from './question.ts'
export { scriptSeat } from './script.ts'
export type { NoteReceipt, NoteWish, Seat, SeatHands, SeatRole } from './seat.ts'
export {
  asker,
  plainSeat,
  terminalSeat,
  watchSeat,
  type Asker,
  type Choice,
  type Leaving,
  type SeatOptions,
  type TerminalSeat,
} from './terminal/index.ts'
export { unattendedCrew } from './unattended.ts'
export { viewSeat, type View } from './view.ts'
export { wrapped } from './words.ts'
