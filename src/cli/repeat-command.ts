import type { Io } from './io.ts'
import type { RunFlags } from './flags.ts'

/** The command that repeats a run, as one would type it into a shell. No password of a URL is in it. */
export function repeatCommand(
  drill: string,
  flags: RunFlags,
  { env, attended }: Pick<Io, 'env'> & { attended: boolean },
): string {
  const toxiproxy = flags.toxiproxy ?? env.TOXIPROXY_URL
  const options: [string, string | undefined][] = [
    ['--seed', flags.seed],
    ['--duration', flags.duration],
    ['--rate', flags.rate],
    ['--config', flags.config],
    ['--toxiproxy', toxiproxy === undefined || toxiproxy === '' ? undefined : new URL(toxiproxy).origin],
    ['--router', flags.router],
    ['--stage', flags.stage],
    ['--max-cost', flags.maxCost],
    ['--despite-freeze', flags.despiteFreeze],
    ['--template', flags.template],
    ['--answers', flags.answers],
  ]
  const words = options.flatMap(([flag, value]) => (value === undefined ? [] : [flag, quote(value)]))
  const bypass = env.BYPASS_ROUTER === 'true' ? ['BYPASS_ROUTER=true'] : []
  const switches = [...(attended ? [] : ['--unattended']), ...(flags.blind === true ? ['--blind'] : [])]
  return [...bypass, 'gameday', 'run', quote(drill), ...switches, ...words].join(' ')
}

const quote = (word: string) => (/^[\w./:@%+=,-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`)
