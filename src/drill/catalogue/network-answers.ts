import { z } from 'zod'
import { bytes, dataRate, duration, formatBytes, formatDataRate, formatDuration } from '../../base/index.ts'
import { kind, onShare, shareOf, type TellFault } from './parts.ts'

/** Faults that spoil answers on their way back: late, slow, in pieces, cut off. */

const share = shareOf('connections; a connection carries many requests')
const delay = duration({ least: 1, most: 600_000 })

const latency = z.strictObject({
  kind: kind('latency'),
  latency: delay.describe('Added to every piece of the answer on its way back'),
  jitter: duration({ most: 600_000 })
    .prefault('0s')
    .describe('The latency varies by at most this, up and down'),
  share,
})

const throttle = z.strictObject({
  kind: kind('throttle'),
  // Less than this is a black hole or the server's death, depending on its version.
  rate: dataRate({ least: 1000, most: 1_000_000_000 }).describe(
    'Most that comes back over one connection, in whole kilobytes a second',
  ),
  share,
})

const slowClose = z.strictObject({
  kind: kind('slow-close'),
  delay: delay.describe('How much later the end of a connection is passed on'),
  share,
})

const sliced = z.strictObject({
  kind: kind('sliced'),
  size: bytes({ least: 1, most: 1_000_000 }).describe('Size of a piece, on average'),
  variation: bytes({ most: 1_000_000 })
    .prefault('0B')
    .describe('The size varies by at most this, up and down'),
  delay: delay.describe('Waited after each piece'),
  share,
})

const cutAfter = z.strictObject({
  kind: kind('cut-after'),
  bytes: bytes({ most: 1_000_000_000 }).describe(
    'Bytes of answers, headers included, after which a connection is closed; with 0B before the first',
  ),
  share,
})

const resetMidAnswer = z.strictObject({
  kind: kind('reset-mid-answer'),
  bytes: bytes({ least: 1, most: 1_000_000_000 })
    .prefault('1kB')
    .describe('Bytes of answers, headers included, after which a connection is reset'),
  share,
})

export const answerFaults = [latency, throttle, slowClose, sliced, cutAfter, resetMidAnswer] as const
type Spec = z.infer<(typeof answerFaults)[number]>

export const answerStories: { [K in Spec['kind']]: TellFault<Extract<Spec, { kind: K }>> } = {
  latency: (fault, target) => {
    const jitter = fault.jitter === 0 ? '' : `, give or take ${formatDuration(fault.jitter)}`
    return {
      does: `Toxiproxy delays every piece of the answers of the ${target} by ${formatDuration(fault.latency)}${jitter}${onShare(fault.share)}`,
      undo: 'the latency toxic is removed from its proxy',
    }
  },
  throttle: (fault, target) => ({
    does: `Toxiproxy lets no more than ${formatDataRate(fault.rate)} of the answers of the ${target} come back over a connection${onShare(fault.share)}`,
    undo: 'the bandwidth toxic is removed from its proxy',
  }),
  'slow-close': (fault, target) => ({
    does: `Toxiproxy passes it on ${formatDuration(fault.delay)} late when the ${target} closes a connection${onShare(fault.share)}`,
    undo: 'the slow_close toxic is removed from its proxy',
  }),
  sliced: (fault, target) => {
    const variation = fault.variation === 0 ? '' : `, give or take ${formatBytes(fault.variation)},`
    return {
      does: `Toxiproxy cuts the answers of the ${target} into pieces of about ${formatBytes(fault.size)}${variation} and waits ${formatDuration(fault.delay)} after each${onShare(fault.share)}`,
      undo: 'the slicer toxic is removed from its proxy',
    }
  },
  'cut-after': (fault, target) => ({
    does: `Toxiproxy closes a connection to the ${target} once ${formatBytes(fault.bytes)} of answers have come over it${onShare(fault.share)}`,
    undo: 'the limit_data toxic is removed from its proxy',
  }),
  'reset-mid-answer': (fault, target) => ({
    does: `Toxiproxy resets a connection to the ${target} once ${formatBytes(fault.bytes)} of answers have come over it${onShare(fault.share)}`,
    undo: 'the limit_data and reset_peer toxics are removed from its proxy',
  }),
}
