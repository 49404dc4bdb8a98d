import { PROVIDER_ROLES, type ProviderRole } from '../../base/index.ts'
import { heldBack } from '../../measure/index.ts'
import type { Attempt, Observed } from '../../record/index.ts'
import { gates } from './judge-gates.ts'
import type { Addition, Look, Marked, PathEvidence, PathFinding, Told } from './types.ts'
import { why } from './why.ts'

/**
 * Says of a way through a router what it is, in the order in which one would mend it: a finding that did not pass makes
 * those after it worthless, so none follows it. Pure.
 */
export function judgePath(seen: PathEvidence): PathFinding[] {
  const findings: PathFinding[] = []
  for (const judge of [whole, gates, keys, answering, onStage, told, streams, models]) {
    const found = judge(seen)
    findings.push(found)
    if (!found.passed) break
  }
  return findings
}

function whole({ broken }: PathEvidence): PathFinding {
  const check = 'stage is whole'
  return broken.length === 0
    ? { check, passed: true, detail: 'nothing on it is broken' }
    : {
        check,
        passed: false,
        detail: `something on it is broken already: ${broken.join('; ')}`,
        hint: 'If no drill is under way: gameday recover; what somebody else did to it, they have to undo.',
      }
}

function keys({ direct, providers }: PathEvidence): PathFinding {
  const check = 'providers answer'
  for (const role of PROVIDER_ROLES) {
    const answer = direct[role]
    if (answer.outcome === 'ok') continue
    const { name } = providers[role]
    const isDead = answer.class === 'credential' || answer.class === 'quota'
    return {
      check,
      passed: false,
      detail: isDead
        ? `the key of the ${role}, ${name}, is dead before anything is broken: ${name} refuses it (${why(answer)})`
        : `the ${role}, ${name}, does not answer a question that goes past the router: ${why(answer)}`,
      hint: isDead
        ? 'Give the stage a key that works, and start it again.'
        : 'Look at the provider, and at its address where the stage was started.',
    }
  }
  return { check, passed: true, detail: 'both answer a question that goes past the router' }
}

function answering(seen: PathEvidence): PathFinding {
  const { marked, router } = seen
  const check = 'router answers'
  // A stream that is answered whole is a matter of its own.
  const failed = marked.find(({ answer, stream }) => answer.outcome !== 'ok' && !(stream && isWhole(answer)))
  if (failed === undefined) {
    return { check, passed: true, detail: `${marked.length} marked requests answered by ${router.url}` }
  }
  return { check, passed: false, ...whyNoAnswer(failed, seen) }
}

function whyNoAnswer(
  { answer, attempts }: Marked,
  { router: { url, model }, look, providers }: PathEvidence,
): Told {
  const atWay = look === null ? null : atTheAddress(url, look)
  if (atWay !== null) return atWay
  if (answer.class === 'credential') {
    const refused = attempts.find(({ failure }) => failure === 'credential')
    return refused === undefined
      ? {
          detail: `the router at ${url} refuses the key itself (${why(answer)}): no provider was asked`,
          hint: 'Write the name of the variable that holds its key under router.key in gameday.yaml, or set GAMEDAY_ROUTER_KEY.',
          add: { to: 'environment', lines: ['read -rs GAMEDAY_ROUTER_KEY && export GAMEDAY_ROUTER_KEY'] },
        }
      : {
          detail: `the router asks the ${refused.provider} with a key that the stage does not know (${refused.key}), and is refused`,
          hint: 'Give the router the keys that the stage was started with; gameday serve stage says where they are.',
          add: pointTo(providers),
        }
  }
  if (answer.status === 404 && attempts.length === 0) {
    return {
      detail: `the router at ${url} answers 404: it knows no such path, or no model ${model}`,
      hint: 'Write its base URL as its clients have it, mostly with /v1 at the end, and the model by the name that it knows (router.model).',
      add: {
        to: 'gameday.yaml',
        lines: ['router:', `  url: ${new URL(url).origin}/v1`, '  model: the-name-that-it-knows'],
      },
    }
  }
  const last = attempts.at(-1)
  const asked =
    last === undefined
      ? 'no provider was asked'
      : `the last that it asked, the ${last.provider}, answered ${[last.status, last.code].filter((word) => word !== null).join(' ')}`
  return {
    detail: `the router at ${url} did not answer a marked request: ${why(answer)}; ${asked}`,
    hint: 'Its own log says more.',
  }
}

/** Null where what is there is a router by all that can be seen. */
export function atTheAddress(url: string, look: Look): Told | null {
  switch (look.what) {
    case 'nobody':
      return {
        detail: `nobody answers at ${url}: ${look.code}`,
        hint: 'Start the router, or correct its address.',
      }
    case 'http2':
      return {
        detail: `what answers at ${url} speaks HTTP/2 alone, and the load speaks HTTP/1.1`,
        hint: 'Let it take HTTP/1.1 on that port as well, as the official clients use it.',
      }
    case 'not-http':
      return { detail: `what is at ${url} does not speak HTTP: ${look.code}`, hint: 'Correct its address.' }
    case 'answer':
      return /\bhtml\b/i.test(look.contentType)
        ? {
            detail: `what answers at ${url} is a web page (${look.status}, ${look.contentType}) and no router`,
            hint: 'Write the base URL of its API, mostly with /v1 at the end; a login or an ingress may stand before it.',
          }
        : null
  }
}

const pointTo = ({ primary, secondary }: PathEvidence['providers']): Addition => ({
  to: 'router',
  what: 'targets',
  urls: { primary: primary.url, secondary: secondary.url },
})

/** Whether the gates see what the router is asked. */
function onStage(seen: PathEvidence): PathFinding {
  const { marked, unmarked, providers } = seen
  const check = 'router asks the stage'
  const answered = marked.filter(({ answer }) => answer.status === 200)
  const lost = answered.filter(({ attempts }) => attempts.length === 0)
  const pointed = `Point it at ${providers.primary.url} for the primary and ${providers.secondary.url} for the secondary.`
  if (lost.length > 0 && unmarked.length >= lost.length) {
    return {
      check,
      passed: false,
      detail: `the marker was stripped: of ${answered.length} marked requests, ${lost.length} were answered without any gate seeing their marker, while ${unmarked.length} requests without one came by`,
      hint: 'Let the end of the last user message through as it is: a rewriting, a template or a filter of the router takes it off.',
    }
  }
  if (lost.length > 0) {
    return {
      check,
      passed: false,
      detail:
        lost.length === answered.length
          ? `the router is not pointed at the stage: it answered ${answered.length} marked requests, and no gate saw any`
          : `the router is pointed at the stage for one provider only: ${lost.length} of ${answered.length} marked requests were answered by somebody else`,
      hint: pointed,
      add: pointTo(providers),
    }
  }
  const share = (role: ProviderRole) =>
    marked.filter(({ attempts }) => attempts.some(({ provider }) => provider === role)).length
  if (share('primary') === 0) {
    return {
      check,
      passed: false,
      detail: `the router asks the secondary alone: none of ${marked.length} marked requests was seen at the primary`,
      hint: `${pointed} It has to ask the primary first.`,
      add: pointTo(providers),
    }
  }
  return {
    check,
    passed: true,
    detail: `${share('primary')} of ${marked.length} marked requests were seen at the primary, ${share('secondary')} at the secondary; whether it knows the secondary by the stage shows when the primary is broken`,
  }
}

/** Whether a client can tell who served it. */
function told({ marked }: PathEvidence): PathFinding {
  const check = 'answers say who served'
  const answered = marked.filter(({ answer }) => answer.outcome === 'ok')
  const untold = answered.filter(({ answer, attempts }) => !attempts.some(({ tag }) => tag === answer.tag))
  return untold.length === 0
    ? { check, passed: true, detail: 'each answer carries the id of the attempt that made it' }
    : {
        check,
        passed: false,
        detail: `the router rewrites the answers: ${untold.length} of ${answered.length} carry the id of no attempt, so that nobody could tell who served`,
        hint: 'Let the id of the provider’s answer through.',
      }
}

/** Whether streams come as such. That they are held back until they are whole is told, and stops nothing. */
function streams({ marked }: PathEvidence): PathFinding {
  const check = 'streams stream'
  const asked = marked.filter(({ stream }) => stream)
  const whole = asked.filter(({ answer }) => isWhole(answer))
  if (whole.length > 0) {
    return {
      check,
      passed: false,
      detail: `streaming is turned off in the router: ${whole.length} of ${asked.length} requests for a stream were answered whole`,
      hint: 'Turn it on, or write streams: 0% under load in the drill.',
      add: { to: 'drill', lines: ['load:', '  streams: 0%'] },
    }
  }
  if (asked.length === 0) return { check, passed: true, detail: 'no streams are asked for' }
  return {
    check,
    passed: true,
    detail: asked.every(isHeldBack)
      ? 'the router buffers streams: a client gets the first content when the provider has sent the last, so that a stalled stream looks like a slow answer and the first token says nothing'
      : 'their first content comes before the provider has sent the last',
  }
}

function isHeldBack({ answer, attempts }: Marked): boolean {
  const serving = attempts.find(({ tag }) => tag === answer.tag)
  return serving !== undefined && heldBack(answer.firstTokenMs, serving) === true
}

/** By which names the providers are asked: a mapped name is the router's business, and told. */
function models({ marked, router, providers }: PathEvidence): PathFinding {
  const attempts = marked.flatMap((one): readonly Attempt[] => one.attempts)
  const mapped = PROVIDER_ROLES.flatMap((role) => {
    const asked = new Set(
      attempts.filter(({ provider }) => provider === role).flatMap(({ model }) => model ?? []),
    )
    return [...asked]
      .filter((model) => model !== router.model)
      .map((model) => {
        const known = providers[role].model
        const odd =
          model === known ? '' : `, which is not the ${known} of gameday.yaml: its price may be another`
        return `the ${role} is asked for ${model}${odd}`
      })
  })
  return {
    check: 'model',
    passed: true,
    detail:
      mapped.length === 0
        ? `${router.model}, at the providers as well`
        : `the router maps the model ${router.model}: ${mapped.join('; ')}`,
  }
}

/** A good plain answer to a question that asked for a stream: nothing streams, though all of it is there. */
const isWhole = ({ status, class: why, headersMs, firstTokenMs }: Observed) =>
  status === 200 && why === 'malformed' && headersMs !== null && firstTokenMs === null
