export { toxiproxyControl, type ToxiproxyControl } from './control/control.ts'
export { ToxiproxyError } from './control/errors.ts'
export type { NewToxic, ProxyState } from './control/types.ts'
export { startToxiproxyServer, TOXIPROXY_VERSION, type ToxiproxyServer } from './server/server.ts'
