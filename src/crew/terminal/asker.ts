import { PassThrough } from 'node:stream'
import { AbortPromptError, ExitPromptError } from '@inquirer/core'
import { createPromptModule } from 'inquirer'
import { clean } from '../clean.ts'
import { borrowed } from './borrowed.ts'
import { holdTerminal, type Held } from './hold.ts'
import { isCtrl, readKeys } from './keys.ts'
import { LeftError } from './left-error.ts'

export interface Choice<T extends string> {
  value: T
  name?: string
  description?: string
}

/** Asks one question at a time, before a drill begins. All throw `LeftError`. */
export interface Asker {
  /** `validate` returns what is wrong with the answer, or true. */
  text(question: {
    message: string
    default?: string
    validate?: (text: string) => string | true
  }): Promise<string>
  choice<T extends string>(question: {
    message: string
    choices: readonly Choice<T>[]
    default?: T
  }): Promise<T>
  yes(question: { message: string; default: boolean }): Promise<boolean>
}

type Streams = { input: NodeJS.ReadableStream; output: NodeJS.WritableStream; signal: AbortSignal }

/** Asks at a terminal, through inquirer. Each question takes the terminal over and gives it back. */
export function asker(terminal: Held & { signal?: AbortSignal }): Asker {
  const ask = async <T>(prompt: (streams: Streams) => Promise<T>): Promise<T> => {
    const stop = new AbortController()
    const leave = (why: LeftError['why']) => stop.abort(new LeftError(why))
    const onSignal = () => leave('signal')
    if (terminal.signal?.aborted === true) throw new LeftError('signal')
    terminal.signal?.addEventListener('abort', onSignal)
    const release = holdTerminal(terminal)
    // inquirer neither hears Ctrl-D nor an input that ends: its promise would never settle.
    const keys = new PassThrough()
    const stopReading = readKeys(terminal.input, {
      key: (text, key) => {
        if (isCtrl(key, 'c')) leave('SIGINT')
        else if (isCtrl(key, 'd')) leave('EOF')
        else if (!isCtrl(key, 'z')) keys.emit('keypress', text, key)
      },
      paste: (text) => void keys.emit('keypress', clean(text), {}),
      ended: () => leave('EOF'),
    })
    try {
      return await prompt({ input: keys, output: borrowed(terminal.output), signal: stop.signal })
    } catch (error) {
      if (error instanceof AbortPromptError) throw error.cause
      throw error instanceof ExitPromptError ? new LeftError('signal') : error
    } finally {
      stopReading()
      release()
      terminal.signal?.removeEventListener('abort', onSignal)
    }
  }
  return {
    text: ({ validate, ...question }) =>
      ask(async (streams) => {
        const check = (text: string) => validate?.(clean(text).trim()) ?? true
        const answers = await createPromptModule(streams)([
          { type: 'input', name: 'it', ...question, validate: check },
        ])
        return clean(answers.it).trim()
      }),
    choice: ({ choices, ...question }) =>
      ask(async (streams) => {
        const answers = await createPromptModule(streams)([
          { type: 'select', name: 'it', ...question, choices: [...choices] },
        ])
        return answers.it
      }),
    yes: (question) =>
      ask(async (streams) => {
        const answers = await createPromptModule(streams)([{ type: 'confirm', name: 'it', ...question }])
        return answers.it
      }),
  }
}
