import { GamedayError } from '../../base/index.ts'

/**
 * Brings a Toxiproxy's URL into the one form that the npm client survives: no slash at the end. With one, the client
 * posts to `//proxies`, is redirected, follows with a GET, and takes the list it gets for a created proxy.
 * Throws `TOXIPROXY_URL` (exit 2) when it is not an http URL, or carries a user and password, which fetch refuses.
 */
export function baseUrlOf(text: string): string {
  const url = URL.canParse(text) ? new URL(text) : null
  if (url === null || !/^https?:$/.test(url.protocol)) {
    throw new GamedayError(`"${text}" is not the URL of a Toxiproxy.`, {
      code: 'TOXIPROXY_URL',
      hint: 'Write it with http:// in front, such as http://127.0.0.1:8474.',
    })
  }
  if (url.username !== '' || url.password !== '') {
    throw new GamedayError(`The URL of the Toxiproxy at ${url.host} carries a user name or a password.`, {
      code: 'TOXIPROXY_URL',
      hint: 'Toxiproxy knows neither: leave them out.',
    })
  }
  return `${url.origin}${url.pathname}`.replace(/\/+$/, '')
}
