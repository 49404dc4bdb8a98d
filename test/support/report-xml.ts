/**
 * Says what is wrong with a text as XML 1.0, or null if it is well-formed: characters, entities, quotes, nesting, one
 * root. Written for what gameday writes: no DTD, no CDATA.
 */
export function xmlFault(text: string): string | null {
  const invalid = /[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/u.exec(text)
  if (invalid !== null) return `invalid character at ${invalid.index}`
  const body = text.replace(/^<\?xml[^?]*\?>\s*/, '')
  const open: string[] = []
  let roots = 0
  let at = 0
  while (at < body.length) {
    if (body[at] !== '<') {
      const end = body.indexOf('<', at)
      const run = body.slice(at, end === -1 ? undefined : end)
      if (open.length === 0 && run.trim() !== '') return `text outside the root: ${run.slice(0, 40)}`
      const fault = textFault(run)
      if (fault !== null) return fault
      at += run.length
      continue
    }
    const tag = /^<(\/?)([A-Za-z][\w:.-]*)((?:\s+[\w:.-]+="[^"<]*")*)\s*(\/?)>/.exec(
      body.slice(at, at + 200_000),
    )
    if (tag === null) return `no tag at ${body.slice(at, at + 60)}`
    const [whole, closing, name = '', attributes = '', empty] = tag
    const fault = textFault(attributes)
    if (fault !== null) return fault
    const names = [...attributes.matchAll(/\s([\w:.-]+)="/g)].map(([, key]) => key)
    if (new Set(names).size !== names.length) return `an attribute twice in ${whole.slice(0, 60)}`
    if (closing === '/') {
      if (open.pop() !== name) return `</${name}> closes nothing of its own`
    } else {
      if (open.length === 0) roots++
      if (empty !== '/') open.push(name)
    }
    at += whole.length
  }
  if (open.length > 0) return `never closed: ${open.join(', ')}`
  return roots === 1 ? null : `${roots} roots`
}

function textFault(text: string): string | null {
  const bare = /&(?!(?:amp|lt|gt|quot|apos|#\d+|#x[\da-f]+);)/i.exec(text)
  return bare === null ? null : `a bare & in ${text.slice(bare.index, bare.index + 40)}`
}
