/**
 * Makes writing to a terminal never wait for it; the returned function makes it wait again. Node waits (measured: the
 * whole time), so that a terminal that is not read, behind a stalled ssh or a Ctrl-S, would stand the drill still. There
 * is no public way to say so. On what is no terminal it does nothing.
 */
export function unblock(output: NodeJS.WritableStream): () => void {
  setBlocking(output, false)
  return () => setBlocking(output, true)
}

function setBlocking(stream: object, on: boolean): void {
  const handle: unknown = 'isTTY' in stream && '_handle' in stream ? stream._handle : null
  if (typeof handle !== 'object' || handle === null || !('setBlocking' in handle)) return
  if (typeof handle.setBlocking === 'function') handle.setBlocking(on)
}
