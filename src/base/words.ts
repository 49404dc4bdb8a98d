/** The vocabularies that more than one room speaks. One word for one thing. */

export const PROVIDER_ROLES = ['primary', 'secondary'] as const
export type ProviderRole = (typeof PROVIDER_ROLES)[number]

/** What a fault can strike: a provider, or the router itself. */
export const FAULT_TARGETS = [...PROVIDER_ROLES, 'router'] as const
export type FaultTarget = (typeof FAULT_TARGETS)[number]

/** Every wire format that gameday speaks, as provider and as endpoint. */
export const FORMAT_IDS = ['openai', 'anthropic'] as const
export type FormatId = (typeof FORMAT_IDS)[number]

export const LANES = ['main', 'control'] as const
export type Lane = (typeof LANES)[number]

/** How a request ended, as its caller saw it. `timeout` is indeterminate: the provider may have billed it. */
export const OUTCOMES = ['ok', 'failed', 'truncated', 'timeout', 'dropped'] as const
export type Outcome = (typeof OUTCOMES)[number]

/** Why something failed. Providers, router and load all classify with these. */
export const FAILURE_CLASSES = [
  'credential', // the key is refused, revoked or its organization is disabled
  'quota', // money or a plan's allowance is used up: waiting does not help
  'rate-limit', // too fast: waiting helps
  'overloaded', // the provider says it is too busy (503, 529)
  'server-error', // any other 5xx
  'caller-fault', // the request itself is wrong
  'refused', // a guardrail refused it
  'no-provider', // the router had nobody left to ask
  'connection', // refused, reset, or closed before an answer
  'timeout', // no headers, no first token or no next token in time
  'stream-error', // an explicit error event inside a stream
  'truncated', // a stream that ended cleanly in the middle, or of which its own error event says so
  'empty', // a 200 with neither content nor a tool call
  'malformed', // not the format it claims to be
] as const
export type FailureClass = (typeof FAILURE_CLASSES)[number]

export const PHASE_KINDS = ['brief', 'baseline', 'go-no-go', 'break', 'restore', 'debrief', 'close'] as const
export type PhaseKind = (typeof PHASE_KINDS)[number]

/** The people of a drill, and the clock and script that may decide in their place. */
export const CREW_ROLES = ['lead', 'operator', 'scribe'] as const
export type CrewRole = (typeof CREW_ROLES)[number]

export const NOTE_KINDS = ['note', 'symptom', 'decision', 'to-do', 'diagnosis'] as const
export type NoteKind = (typeof NOTE_KINDS)[number]

/** What is asked in every debrief. */
export const DEBRIEF_QUESTIONS = ['went well', 'surprised', 'missing alert'] as const
export type DebriefQuestion = (typeof DEBRIEF_QUESTIONS)[number]
