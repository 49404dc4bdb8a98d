import type { EnvelopedError, ErrorAnswer, ErrorDetails, ErrorKind } from '../format.ts'
import { rateLimitHeaders, resetAfter } from './headers.ts'

interface Shape {
  status: number
  type: string
  code: string | null
  param?: (details: ErrorDetails) => string
  message: (details: ErrorDetails) => string
  headers?: (details: ErrorDetails) => Record<string, string>
}

const HELP =
  'You can retry your request, or contact us through our help center at help.openai.com if the error persists.'
const quoteRequest = ({ requestId }: ErrorDetails) =>
  `(Please include the request ID ${requestId} in your message.)`
const waitOf = ({ retryAfterMs }: ErrorDetails) => retryAfterMs ?? 1000

/** The vendor's errors, word for word as users have reported them in the issue trackers of their clients. */
const SHAPES: Record<ErrorKind, Shape> = {
  'invalid-api-key': {
    status: 401,
    type: 'invalid_request_error',
    code: 'invalid_api_key',
    message: ({ key = '' }) =>
      `Incorrect API key provided: ${vendorMask(key)}. You can find your API key at https://platform.openai.com/account/api-keys.`,
  },
  'account-deactivated': {
    status: 401,
    type: 'invalid_request_error',
    code: 'account_deactivated',
    message: () =>
      'The OpenAI account associated with this API key has been deactivated. If you are the developer for this OpenAI app, please check your email for more information. If you are seeing this error while using another app or site, please reach out to them for more help.',
  },
  'insufficient-quota': {
    status: 429,
    type: 'insufficient_quota',
    code: 'insufficient_quota',
    message: () =>
      'You exceeded your current quota, please check your plan and billing details. For more information on this error, read the docs: https://platform.openai.com/docs/guides/error-codes/api-errors.',
  },
  // Anthropic's kill of an account, in this format's envelope: a failure of the credential that looks like the caller's.
  'organization-disabled': {
    status: 400,
    type: 'invalid_request_error',
    code: null,
    message: () => 'This organization has been disabled.',
  },
  'missing-api-key': {
    status: 401,
    type: 'invalid_request_error',
    code: null,
    message: () =>
      "You didn't provide an API key. You need to provide your API key in an Authorization header using Bearer auth (i.e. Authorization: Bearer YOUR_KEY), or as the password field (with blank username) if you're accessing the API from your browser and are prompted for a username and password. You can obtain an API key from https://platform.openai.com/account/api-keys.",
  },
  'rate-limited': {
    status: 429,
    type: 'tokens',
    code: 'rate_limit_exceeded',
    message: (details) =>
      `Rate limit reached for ${details.model ?? 'gpt-4o'} in organization org-gameday on tokens per min (TPM): Limit 30000, Used 29567, Requested 1754. Please try again in ${resetAfter(waitOf(details))}. Visit https://platform.openai.com/account/rate-limits to learn more.`,
    headers: (details) => ({
      ...rateLimitHeaders({ tokens: 30_000, tokensLeft: 433, tokensResetMs: waitOf(details) }),
      ...(details.retryAfterMs !== null && {
        'retry-after': String(Math.ceil(waitOf(details) / 1000)),
        'retry-after-ms': String(Math.ceil(waitOf(details))),
      }),
    }),
  },
  'server-error': {
    status: 500,
    type: 'server_error',
    code: null,
    message: (details) =>
      `The server had an error while processing your request. Sorry about that! ${HELP} ${quoteRequest(details)}`,
  },
  overloaded: {
    status: 503,
    type: 'server_error',
    code: null,
    message: (details) =>
      `That model is currently overloaded with other requests. ${HELP} ${quoteRequest(details)}`,
  },
  'unparsable-body': {
    status: 400,
    type: 'invalid_request_error',
    code: null,
    message: () =>
      "We could not parse the JSON body of your request. (HINT: This likely means you aren't using your HTTP library correctly. The OpenAI API expects a JSON payload, but what was sent was not valid JSON. If you have trouble figuring out how to fix this, please contact us through our help center at help.openai.com.)",
  },
  'missing-parameter': {
    status: 400,
    type: 'invalid_request_error',
    code: 'missing_required_parameter',
    param: ({ parameter = '' }) => parameter,
    message: ({ parameter = '' }) => `Missing required parameter: '${parameter}'.`,
  },
  'too-many-breakpoints': {
    status: 400,
    type: 'invalid_request_error',
    code: null,
    message: () => 'Unrecognized request argument supplied: cache_control',
  },
  'context-too-long': {
    status: 400,
    type: 'invalid_request_error',
    code: 'context_length_exceeded',
    param: () => 'messages',
    message: () =>
      "This model's maximum context length is 4096 tokens. However, your messages resulted in 4731 tokens. Please reduce the length of the messages.",
  },
  'tools-unsupported': {
    status: 400,
    type: 'invalid_request_error',
    code: 'unsupported_parameter',
    param: () => 'tools',
    message: () => "Unsupported parameter: 'tools' is not supported with this model.",
  },
  'too-large': {
    status: 413,
    type: 'invalid_request_error',
    code: null,
    message: () => 'The request body is larger than this server takes.',
  },
  'model-not-found': {
    status: 404,
    type: 'invalid_request_error',
    code: 'model_not_found',
    message: ({ model = '' }) => `The model \`${model}\` does not exist or you do not have access to it.`,
  },
  'unknown-url': {
    status: 404,
    type: 'invalid_request_error',
    code: null,
    message: ({ target = '' }) => `Invalid URL (${target})`,
  },
}

/** Writes an OpenAI error: status, headers and the body `{"error":{"message","type","param","code"}}`. */
export function openaiErrorAnswer(kind: ErrorKind, details: ErrorDetails): ErrorAnswer {
  const { status, type, code, param, message, headers } = SHAPES[kind]
  return {
    status,
    headers: {
      'content-type': 'application/json; charset=utf-8',
      'x-request-id': details.requestId,
      ...headers?.(details),
    },
    body: JSON.stringify(
      { error: { message: message(details), type, param: param?.(details) ?? null, code } },
      null,
      2,
    ),
  }
}

/** Writes an error that no provider has written, in OpenAI's envelope. */
export function openaiErrorBody({ message, type, code }: EnvelopedError): string {
  return JSON.stringify({ error: { message, type, param: null, code } })
}

/** Masks a key the way the vendor quotes it back, `sk-qnWGU***Rvfb`; a key too short for that is hidden whole. */
function vendorMask(key: string): string {
  return key.length < 20 ? '***' : `${key.slice(0, 8)}***${key.slice(-4)}`
}
