import { describe, expect, it } from 'vitest'
import { readCorpus } from '../../../differential/runner/corpus.ts'
import { holdApi } from '../../../differential/runner/hold.ts'
import { embedded } from '../../../differential/runner/servers.ts'

// The other servers, and the data plane, are the differential project's (`npm run test:full`).
describe('the embedded API, held to the corpus', () => {
  it.concurrent.each(readCorpus().api.map((each) => [each.case, each.says, each] as const))(
    '%s: %s',
    async (_id, _says, each) => {
      expect((await holdApi(each, { embedded, real: null })).join('\n')).toBe('')
    },
  )
})
