import type { IncomingMessage, ServerResponse } from 'node:http'

/**
 * Calls back, once, when an answer is out or its caller gone. A response that waits behind another one on its connection
 * is never told that the connection is gone (Node 20 to 24), so that is listened to as well.
 */
export function whenOver({ socket }: IncomingMessage, response: ServerResponse, act: () => void): void {
  const over = () => {
    response.off('close', over)
    socket.off('close', over)
    act()
  }
  response.on('close', over)
  socket.on('close', over)
}
