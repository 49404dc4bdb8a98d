// Preloaded into Portkey's gateway, which has no flag for its address and listens on every interface of the machine.
const { Server } = require('node:net')

const listen = Reflect.get(Server.prototype, 'listen')
Server.prototype.listen = function (port, ...rest) {
  if (typeof port === 'object') return listen.call(this, { ...port, host: '127.0.0.1' }, ...rest)
  return listen.call(this, port, '127.0.0.1', ...rest.filter((one) => typeof one !== 'string'))
}
