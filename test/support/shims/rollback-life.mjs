// A run that does nothing but live: `rollback-life.mjs <facts as JSON>`. It shows its life, claims its target or ends its
// sign when a line on its input says so (`show`, `claim`, `end`), says on its output what came of it, and ends with its
// input.
import { createInterface } from 'node:readline'
import { seededRandom, systemClock } from '../../../dist/base/index.js'
import { claimTarget } from '../../../dist/rollback/claim.js'
import { showLife } from '../../../dist/rollback/living.js'

const { stateFolder, facts } = JSON.parse(process.argv[2])
const random = seededRandom(1, facts.run)
let life = null
const words = {
  show: async () => {
    life = await showLife(stateFolder, facts)
    return 'shown'
  },
  claim: async () => {
    life = await claimTarget({ stateFolder, facts, clock: systemClock, random })
    return 'held'
  },
  end: async () => {
    await life?.end()
    life = null
    return 'ended'
  },
}

const say = (text) => process.stdout.write(`${text}\n`)
createInterface({ input: process.stdin })
  .on('line', (word) => words[word]().then(say, (error) => say(error.code)))
  .on('close', () => process.exit())
say('up')
