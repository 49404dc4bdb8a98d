import { lookup } from 'node:dns/promises'
import { isIP } from 'node:net'
import { systemCode } from '../../base/index.ts'
import { apiErrors } from './errors.ts'

interface HostPort {
  host: string
  port: string
}

/** An address to bind to. An empty host is every address of the machine. */
export interface BindAddress {
  host: string
  port: number
}

/** The names of ports that Go knows by itself, and those of databases; the system's list is a file that not every system has. */
const SERVICES: Record<string, number> = {
  ftp: 21,
  ssh: 22,
  telnet: 23,
  smtp: 25,
  domain: 53,
  gopher: 70,
  http: 80,
  pop3: 110,
  imap2: 143,
  imap3: 220,
  https: 443,
  submissions: 465,
  ftps: 990,
  imaps: 993,
  pop3s: 995,
  mysql: 3306,
  postgresql: 5432,
  redis: 6379,
}

/** `127.1`, `0` or `010.0.0.1`: no address to Go, while the system's resolver would make one of it. */
const OLD_NUMBERS = /^(0x[0-9a-f]*|\d+)(\.(0x[0-9a-f]*|\d+)){0,3}$/i

/** Splits `host:port`, with brackets around an IPv6 host. Throws the API's 500 in the words of Go's net package. */
export function splitHostPort(address: string): HostPort {
  const bad = (why: string) => apiErrors.address(`address ${address}: ${why}`)
  const colon = address.lastIndexOf(':')
  if (colon < 0) throw bad('missing port in address')
  if (!address.startsWith('[')) {
    const host = address.slice(0, colon)
    if (host.includes(':')) throw bad('too many colons in address')
    if (host.includes('[') || address.slice(colon).includes('[')) throw bad("unexpected '[' in address")
    if (address.includes(']')) throw bad("unexpected ']' in address")
    return { host, port: address.slice(colon + 1) }
  }
  const end = address.indexOf(']')
  if (end < 0) throw bad("missing ']' in address")
  if (end + 1 === address.length) throw bad('missing port in address')
  if (end + 1 !== colon)
    throw bad(address[end + 1] === ':' ? 'too many colons in address' : 'missing port in address')
  return { host: address.slice(1, end), port: address.slice(colon + 1) }
}

/** Joins host and port, with brackets where the host has colons. */
export function joinHostPort(host: string, port: number): string {
  return host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`
}

/**
 * Resolves what a proxy listens on to an address that can be bound. A name is resolved to IPv4 first, so that
 * `localhost` is 127.0.0.1. Empty is every address and a port of the kernel's choice. Throws the API's 500.
 */
export async function resolveListen(listen: string): Promise<BindAddress> {
  if (listen === '') return { host: '', port: 0 }
  const { host, port } = splitHostPort(listen)
  return { port: portOf(port), host: await hostOf(host) }
}

function portOf(text: string): number {
  const port = /^[+-]?\d+$/.test(text) ? Number(text) : text === '' ? 0 : SERVICES[text.toLowerCase()]
  if (port === undefined) throw apiErrors.address(`lookup tcp/${text}: unknown port`)
  if (port < 0 || port > 65_535) throw apiErrors.address(`address ${text}: invalid port`)
  return port
}

async function hostOf(host: string): Promise<string> {
  if (host === '' || isIP(host) !== 0) return host.replace(/^::ffff:(?=\d+\.)/i, '')
  if (OLD_NUMBERS.test(host)) throw apiErrors.address(`lookup ${host}: no such host`)
  try {
    const found = await lookup(host, { all: true })
    return (found.find(({ family }) => family === 4) ?? found[0])?.address ?? host
  } catch (error) {
    throw apiErrors.address(
      `lookup ${host}: ${systemCode(error) === 'ENOTFOUND' ? 'no such host' : 'server misbehaving'}`,
    )
  }
}
