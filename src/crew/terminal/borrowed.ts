import { Writable } from 'node:stream'

/** An output that a prompt may end: inquirer ends whatever it draws on, but for the process's own streams. */
export function borrowed(output: NodeJS.WritableStream & { columns?: number }): Writable {
  const stream = new Writable({
    decodeStrings: false,
    write: (chunk: Buffer | string, _encoding, done) => {
      output.write(chunk)
      done()
    },
  })
  return Object.defineProperty(stream, 'columns', { get: () => output.columns })
}
