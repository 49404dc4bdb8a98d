export { refusalAccount, type TargetRefusal } from './account.ts'
export { guardOf, type Guard, type Watch } from './guard.ts'
export { deedsText, GUARDRAIL, refusalCode, refusalStatus, refusalText } from './header.ts'
export type { CheaperModel, Deed, LimitName, Refusal } from './ruling.ts'
