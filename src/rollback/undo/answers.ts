import { connect } from 'node:net'

/** Whether somebody takes a connection and keeps it: a container's published port takes any, and hangs up at once. */
export function answers(address: string, timeoutMs: number): Promise<boolean> {
  const colon = address.lastIndexOf(':')
  return new Promise((resolve) => {
    const socket = connect(Number(address.slice(colon + 1)), address.slice(0, colon).replace(/^\[|\]$/g, ''))
    const settle = (answer: boolean) => {
      clearTimeout(alarm)
      socket.destroy()
      resolve(answer)
    }
    // Not the socket's own, which begins anew with every byte.
    const alarm = setTimeout(() => settle(true), Math.min(timeoutMs, 1000))
    socket.on('error', () => settle(false))
    socket.on('close', () => settle(false))
  })
}
