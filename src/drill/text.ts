import { z } from 'zod'

// A control character would command a terminal, and makes SVG and JUnit files unreadable: XML 1.0 forbids most of them.
const CONTROL = /[^\P{Cc}\n\t]/u

/** Text that people read, on as many lines as they like. */
export const text = () =>
  z
    .string()
    .min(1)
    .refine((value) => !CONTROL.test(value), { error: 'write text without control characters' })

/** Text that people read, on one line. */
export const line = () =>
  z
    .string()
    .min(1)
    .refine((value) => !/\p{Cc}/u.test(value), {
      error: 'write text on one line, without control characters',
    })
