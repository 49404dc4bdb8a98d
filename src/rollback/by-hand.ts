import type { ApiCall, UndoPlan } from '../record/index.ts'

/**
 * The commands that undo a plan by hand, one `curl` line a call. They may be shown to a room full of people, so a
 * token stays in the rollback record, which only its owner can read, and the line names the variable to put it in.
 */
export function byHand(plan: UndoPlan): string[] {
  // A hand is told by its steps; as comments, among commands.
  const steps = plan.change.type === 'by-hand' ? plan.change.steps.map((step) => `# ${step}`) : []
  return [...steps, ...plan.undo.map(curl)]
}

function curl({ method, url, headers = {}, body }: ApiCall): string {
  const parts = ['curl', '-sS', '-X', method]
  for (const [name, value] of Object.entries(headers)) {
    parts.push('-H', name === 'authorization' ? `"${name}: Bearer $TOKEN"` : quote(`${name}: ${value}`))
  }
  if (body !== undefined)
    parts.push('-H', quote('Content-Type: application/json'), '-d', quote(JSON.stringify(body)))
  return [...parts, quote(url)].join(' ')
}

const quote = (text: string) => `'${text.replaceAll("'", "'\\''")}'`
