/**
 * Where a built file lies that is started as a thread or a process of its own, told from where its starter lies. Under
 * a test runner the starter may be TypeScript in `src/`, which Node 20 cannot start: the tests build `dist/` first.
 */
export function builtFile(starter: string, file: string): URL {
  const at = new URL(file, starter)
  return starter.endsWith('.ts') ? new URL(at.href.replace(/\/src\/(?!.*\/src\/)/, '/dist/')) : at
}
