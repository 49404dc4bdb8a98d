import { z } from 'zod'

/** The name of an environment variable, where a secret itself must not stand. */
export const envName = z
  .string({ error: 'write the name of an environment variable such as OPENAI_API_KEY' })
  .regex(/^[A-Z_][A-Z0-9_]*$/, {
    error: 'write the name of an environment variable such as OPENAI_API_KEY, never a key itself',
  })
