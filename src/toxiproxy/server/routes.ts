import { errorJson, json, jsonText, noContent, type Answer } from './answers.ts'
import { ApiError } from './errors.ts'
import { encodeMap } from './json/encode.ts'
import { readNewProxy, readPopulation, readProxyChange } from './proxy-body.ts'
import type { Proxies } from './proxies.ts'
import type { Proxy } from './proxy.ts'
import { describeToxic } from './toxic.ts'

/** What a route is given. */
interface Call {
  proxies: Proxies
  version: string
  /** The proxy and the toxic that the path names; empty where it names none. */
  proxy: string
  toxic: string
  body: string
}

export interface Route {
  methods: readonly string[]
  /** Its path, where `:proxy` and `:toxic` stand for a name without a slash. */
  path: string
  /** Answers a call. Throws {@link ApiError}. */
  answer(call: Call): Answer | Promise<Answer>
}

/** The whole HTTP API. */
export const ROUTES: readonly Route[] = [
  { methods: ['POST'], path: '/reset', answer: reset },
  {
    methods: ['GET'],
    path: '/proxies',
    answer: ({ proxies }) =>
      jsonText(200, encodeMap(Array.from(proxies, (proxy) => [proxy.name, proxy.describe()]))),
  },
  {
    methods: ['POST'],
    path: '/proxies',
    answer: async ({ proxies, body }) => json(201, (await proxies.create(readNewProxy(body))).describe()),
  },
  { methods: ['POST'], path: '/populate', answer: populate },
  {
    methods: ['GET'],
    path: '/proxies/:proxy',
    answer: ({ proxies, proxy }) => json(200, proxies.get(proxy).describe()),
  },
  { methods: ['POST', 'PATCH'], path: '/proxies/:proxy', answer: updateProxy },
  { methods: ['DELETE'], path: '/proxies/:proxy', answer: deleteProxy },
  {
    methods: ['GET'],
    path: '/proxies/:proxy/toxics',
    answer: ({ proxies, proxy }) => json(200, proxies.get(proxy).toxics.map(describeToxic)),
  },
  { methods: ['POST'], path: '/proxies/:proxy/toxics', answer: addToxic },
  {
    methods: ['GET'],
    path: '/proxies/:proxy/toxics/:toxic',
    answer: ({ proxies, proxy, toxic }) => json(200, describeToxic(proxies.get(proxy).toxic(toxic))),
  },
  { methods: ['POST', 'PATCH'], path: '/proxies/:proxy/toxics/:toxic', answer: updateToxic },
  { methods: ['DELETE'], path: '/proxies/:proxy/toxics/:toxic', answer: removeToxic },
  { methods: ['GET'], path: '/version', answer: showVersion },
]

async function updateProxy({ proxies, proxy: name, body }: Call): Promise<Answer> {
  const proxy = proxies.get(name)
  await proxy.update(readProxyChange(body))
  return json(200, proxy.describe())
}

async function deleteProxy({ proxies, proxy }: Call): Promise<Answer> {
  await proxies.delete(proxy)
  return noContent()
}

async function addToxic({ proxies, proxy, body }: Call): Promise<Answer> {
  // 200 and not 201, as in Toxiproxy.
  return json(200, describeToxic(await proxies.get(proxy).addToxic(body)))
}

async function updateToxic({ proxies, proxy, toxic, body }: Call): Promise<Answer> {
  return json(200, describeToxic(await proxies.get(proxy).updateToxic(toxic, body)))
}

async function removeToxic({ proxies, proxy, toxic }: Call): Promise<Answer> {
  await proxies.get(proxy).removeToxic(toxic)
  return noContent()
}

/** Opens every proxy and removes every toxic. Stops at the first port that cannot be bound; those before it are reset. */
async function reset({ proxies }: Call): Promise<Answer> {
  for (const proxy of proxies) await proxy.reset()
  return noContent()
}

/** Makes several proxies. The answer tells those that were made, also when one fails, and `null` instead of none. */
async function populate({ proxies, body }: Call): Promise<Answer> {
  const made: Proxy[] = []
  const told = () => (made.length > 0 ? made.map((proxy) => proxy.describe()) : null)
  try {
    for (const wanted of readPopulation(body)) made.push(await proxies.createOrReplace(wanted))
    return json(201, { proxies: told() })
  } catch (error) {
    if (!(error instanceof ApiError)) throw error
    // Unlike every other error, this one is sent as JSON and without a newline.
    return json(error.status, { ...errorJson(error), proxies: told() })
  }
}

function showVersion({ version }: Call): Answer {
  return {
    status: 200,
    contentType: 'application/json;charset=utf-8',
    body: `{"version": ${JSON.stringify(version)}}\n`,
  }
}
