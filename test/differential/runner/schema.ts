import { z } from 'zod'

/** What the files of the corpus may say. Everything is strict: a misspelt expectation must not pass for none. */

const id = z.string().regex(/^[a-z0-9]+(-[a-z0-9]+)*$/, 'use words in small letters, joined by hyphens')
const sentence = z.string().min(10)

/** A request in one line: method, path and, after a space, the body as it stands. */
const request = z.string().regex(/^[A-Z]+ \/\S*( [^]*)?$/, 'write METHOD /path and perhaps a body')

/** What a request gives: a status and one kind of body, or none. */
const answerFields = {
  gives: z.int().min(100).max(599),
  /** A body of `application/json`, exactly. */
  json: z.string().optional(),
  /** The text of an error in the API's usual form: JSON that is sent as text, with a newline. */
  error: z.string().optional(),
  /** A body of `text/plain`, exactly. */
  text: z.string().optional(),
  /** Any other body, with its type. */
  other: z.strictObject({ type: z.string(), body: z.string() }).optional(),
  location: z.string().optional(),
  /** Says that the answer came from no route: it carries no request id. */
  unrouted: z.literal(true).optional(),
}
const oneBody = (answer: { json?: unknown; error?: unknown; text?: unknown; other?: unknown }) =>
  [answer.json, answer.error, answer.text, answer.other].filter((body) => body !== undefined).length <= 1
const ONE_BODY = 'an answer has one body'

/** What the original gives instead, where it gives something else; or that it dies. */
const realAnswer = z.union([
  z.strictObject({ differs: id, dies: z.literal(true) }),
  z.strictObject({ differs: id, ...answerFields }).refine(oneBody, ONE_BODY),
])

const askStep = z
  .strictObject({
    ask: request,
    headers: z.record(z.string(), z.string()).optional(),
    /** So many spaces behind the body. */
    padded: z.int().min(1).optional(),
    ...answerFields,
    real: realAnswer.optional(),
  })
  .refine(oneBody, ONE_BODY)

const dialStep = z.strictObject({ dial: z.string(), finds: z.enum(['connected', 'refused']) })

const apiCase = z.strictObject({
  case: id,
  says: sentence,
  /** Which of the file's setups come first. They must succeed; what they answer is another case's affair. */
  given: z.array(z.string()).default([]),
  steps: z.array(z.union([askStep, dialStep])).min(1),
})

export const apiFile = z.strictObject({
  /** Requests that several cases begin with, by a short name. */
  setups: z.record(z.string(), request).default({}),
  cases: z.array(apiCase).min(1),
})

/** A case with its setups spelt out. */
export type ApiCase = z.infer<typeof apiCase>
export type Answering = Pick<z.infer<typeof askStep>, keyof typeof answerFields>

/** Milliseconds since the last act, from and to. */
const band = z.tuple([z.number(), z.number()]).refine(([from, to]) => from < to, 'the band is empty')

/** One end of a connection: the client's or the server's, numbered from the second connection on. */
const END = '(?:client|server)(?:[2-9]|[1-9][0-9])?'
const end = z.string().regex(new RegExp(`^${END}$`), 'write `client`, `server`, `client2` …')
const EVENT = '(?:open|got [1-9][0-9]*|fin|rst|refused)'
const event = z.string().regex(new RegExp(`^${EVENT}$`), 'write e.g. `got 10`')
const sight = z.string().regex(new RegExp(`^${END} ${EVENT}$`), 'write e.g. `client got 10`')

const step = z.union([
  // Acts. From each of them time is counted anew.
  z.strictObject({ open: end }),
  z.strictObject({ send: z.int().min(1), from: end }),
  z.strictObject({ end }),
  z.strictObject({ reset: end }),
  z.strictObject({ pause: end }),
  z.strictObject({ resume: end }),
  z.strictObject({ api: request, gives: z.int(), within: band.optional() }),
  /** Opens so many clients, one after the other; each sends a byte and waits until something comes of it. */
  z.strictObject({ crowd: z.int().min(2).max(99) }),
  z.strictObject({ wait: z.int().min(1) }),
  // Demands.
  z.strictObject({ see: sight, within: band }),
  /** Nothing at all happens meanwhile. */
  z.strictObject({ quiet: z.int().min(1) }),
  /** What one end got came in so many reads. */
  z.strictObject({ reads: z.tuple([z.int(), z.int()]), at: end }),
])

/** All that each end saw, in order, from its opening to the end of the case. */
const leaves = z.record(end, z.array(event).min(1))

const dataCase = z.strictObject({
  case: id,
  says: sentence,
  /** The server answers with what it gets. */
  echo: z.literal(true).optional(),
  /** Bodies of the toxics that the proxy has before the case begins. */
  toxics: z.array(z.string()).default([]),
  steps: z.array(step).min(1),
  leaves,
  /** What the original does instead, where it does: dies, goes another way, or one that nobody can foretell. */
  real: z
    .union([
      z.strictObject({ differs: id, dies: z.literal(true) }),
      z.strictObject({ differs: id, steps: z.array(step).min(1).optional(), leaves: leaves.optional() }),
      z.strictObject({ differs: id, foretold: z.literal(false) }),
    ])
    .optional(),
})

export const dataFile = z.strictObject({ cases: z.array(dataCase).min(1) })

export type DataCase = z.infer<typeof dataCase>
export type DataStep = z.infer<typeof step>

export const differencesFile = z.strictObject({
  differences: z.array(z.strictObject({ id, original: sentence, embedded: sentence, why: sentence })).min(1),
})
export type Difference = z.infer<typeof differencesFile>['differences'][number]
