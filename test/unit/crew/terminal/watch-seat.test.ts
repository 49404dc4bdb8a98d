import { describe, expect, it } from 'vitest'
import { systemClock } from '../../../../src/base/index.ts'
import { watchSeat } from '../../../../src/crew/terminal/index.ts'
import { begun, statusAt } from '../../../support/crew-scenes.ts'
import { fakeTerminal, settled } from '../../../support/crew-terminal.ts'

describe('an unattended drill on a terminal', () => {
  it('shows log and frame, leaves the keyboard alone, and ends with its log', async () => {
    const { output, window, screen, input, raw, written } = fakeTerminal()
    const seat = watchSeat({ output, window, clock: systemClock })
    seat.status(statusAt(7.5))
    seat.entry(begun(false))
    await new Promise((resolve) => setTimeout(resolve, 300))
    const rows = await screen.everything()
    expect(rows[0]).toContain('Friday drill')
    expect(rows.join('\n')).toContain('BROKEN ON PURPOSE')
    expect(raw).toEqual([])
    expect(input.listenerCount('data')).toBe(0)
    expect(written()).not.toContain('?2004h')
    await seat.close()
    seat.show(['afterwards'])
    await settled()
    const left = (await screen.everything()).filter((row) => row !== '')
    expect(left.join('\n')).not.toContain('BROKEN ON PURPOSE')
    expect(left.at(-1)).toBe('afterwards')
  })
})
