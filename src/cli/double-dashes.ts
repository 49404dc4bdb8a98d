/** Writes the flags of the original's server, which have one dash, as ours are written: `-port` becomes `--port`. */
export function doubleDashes(args: string[]): string[] {
  const [group, part, ...flags] = args
  if (group !== 'serve' || part !== 'toxiproxy') return args
  return [group, part, ...flags.map((flag) => (/^-[a-z]{2}/.test(flag) ? `-${flag}` : flag))]
}
