// A terminal with a shell in it that runs one command: `terminal.mjs <file for its exit code> <command...>`.
// It is killed to make the terminal go away. The system then hangs up on the shell, and when that has died of it, on all
// that runs in its foreground, as when a window is closed. Who notes how the command ended has to survive this: it has a
// handler, which its child does not inherit. What comes on its own input is typed into the terminal.
import { spawn } from '@lydell/node-pty'

const NOTE = 'trap : HUP; "$@"; echo $? > "$0"'
const SHELL = `/bin/sh -c '${NOTE}' "$0" "$@"; :`

const [codeFile, ...command] = process.argv.slice(2)
const pty = spawn('/bin/sh', ['-c', SHELL, codeFile, ...command], {
  cols: 100,
  rows: 30,
  cwd: process.cwd(),
  env: process.env,
})
pty.onData((data) => process.stdout.write(data))
process.stdin.on('data', (keys) => pty.write(keys.toString()))
pty.onExit(() => process.exit())
