import { z } from 'zod'
import { hits, kind, shareText, type TellFault } from '../parts.ts'

/** Faults of answers that come, with a good status, and are not what they should be: in content, in length, in price. */

const factor = (what: string) =>
  z.number().gt(1).max(1000).describe(`How many times ${what} it is of what it would be`)

export const emptyAnswer = z.strictObject({ kind: kind('empty-answer'), ...hits('answers') })

export const wrongContentType = z.strictObject({
  kind: kind('wrong-content-type'),
  shape: z
    .enum(['html', 'plain-text'])
    .default('html')
    .describe('A page in HTML in place of the answer, or the answer itself, labelled text/plain'),
  ...hits('answers'),
})

export const longAnswer = z.strictObject({
  kind: kind('long-answer'),
  factor: factor('the tokens'),
  ...hits('answers'),
})

export const priceMultiplied = z.strictObject({
  kind: kind('price-multiplied'),
  factor: factor('the price'),
  ...hits('answers'),
})

export const tellEmptyAnswer: TellFault<z.infer<typeof emptyAnswer>> = ({ share }, target) => ({
  does: `the gate of the ${target} takes all content out of ${answers(share)}, and leaves the 200, the finish reason and the bill`,
  undo: 'the gate leaves the content in',
})

export const tellWrongContentType: TellFault<z.infer<typeof wrongContentType>> = (fault, target) => ({
  does:
    fault.shape === 'html'
      ? `the gate of the ${target} sends a page in HTML with status 200 in place of ${answers(fault.share)}`
      : `the gate of the ${target} labels ${answers(fault.share)} text/plain`,
  undo: 'the gate lets every answer through as it is',
})

export const tellLongAnswer: TellFault<z.infer<typeof longAnswer>> = (fault, target) => ({
  does: `the simulated ${target} makes ${answers(fault.share)} ${fault.factor} times as long, at its usual pace`,
  undo: 'its answers are of their usual length again',
})

export const tellPriceMultiplied: TellFault<z.infer<typeof priceMultiplied>> = (fault, target) => ({
  does: `the gate of the ${target} bills ${answers(fault.share)} at ${fault.factor} times the price`,
  undo: 'the gate bills the usual price',
})

const answers = (share: number) => shareText(share, 'every answer', 'the answers')
