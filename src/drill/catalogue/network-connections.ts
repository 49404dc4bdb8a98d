import { z } from 'zod'
import { duration, formatDuration } from '../../base/index.ts'
import { kind, onShare, shareOf, type TellFault } from './parts.ts'

/** Faults that keep a request from being answered at all: nobody there, nothing back, hung up on, now and then. */

const connections = 'connections; a connection carries many requests'

const refused = z.strictObject({ kind: kind('refused') })

const blackHole = z.strictObject({ kind: kind('black-hole'), share: shareOf(connections) })

const reset = z.strictObject({ kind: kind('reset'), share: shareOf(connections) })

// Shorter turns would be over before a request is.
const turn = duration({ least: 500, most: 3_600_000 })

const flapping = z.strictObject({
  kind: kind('flapping'),
  down: turn.describe('How long connections are refused; it begins with that'),
  up: turn.describe('How long they are let through in between'),
})

export const connectionFaults = [refused, blackHole, reset, flapping] as const
type Spec = z.infer<(typeof connectionFaults)[number]>

export const connectionStories: { [K in Spec['kind']]: TellFault<Extract<Spec, { kind: K }>> } = {
  refused: (_fault, target) => ({
    does: `Toxiproxy refuses every connection to the ${target}, and cuts those that are open`,
    undo: 'its proxy is enabled again',
  }),
  'black-hole': ({ share }, target) => ({
    does: `Toxiproxy swallows all that the ${target} answers${onShare(share)}: connections are made and stay open, and nothing comes back`,
    undo: 'the timeout toxic is removed from its proxy, which closes the connections that it was on',
  }),
  reset: ({ share }, target) => ({
    does: `Toxiproxy resets the connection under every request to the ${target}${onShare(share)}, before it gets there`,
    undo: 'the reset_peer toxic is removed from its proxy',
  }),
  flapping: ({ down, up }, target) => ({
    does: `Toxiproxy refuses every connection to the ${target} for ${formatDuration(down)} and cuts those that are open, lets them through for ${formatDuration(up)}, and so on in turn`,
    undo: 'the turns end, and its proxy is enabled',
  }),
}
