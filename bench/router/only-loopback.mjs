import net from 'node:net'

// Portkey's gateway binds to all interfaces and has no flag against it. Loaded before it, this lets it listen on the
// loopback only.
const listen = Object.getOwnPropertyDescriptor(net.Server.prototype, 'listen').value
net.Server.prototype.listen = function (where, ...rest) {
  const callback = rest.find((one) => typeof one === 'function')
  const options = typeof where === 'object' ? where : { port: Number(where) }
  return listen.call(this, { ...options, host: '127.0.0.1' }, callback)
}
