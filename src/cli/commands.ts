import type { Command } from 'commander'
import type { BypassFlags } from './bypass.ts'
import type { CompareFlags } from './compare.ts'
import type { DoctorFlags } from './doctor.ts'
import type { Io } from './io.ts'
import type { RunFlags } from './flags.ts'
import { INIT_FLAGS, type InitFlags } from './init/flags.ts'
import type { JoinFlags } from './join.ts'
import type { NoteFlags } from './note.ts'
import type { ServeRouterFlags } from './serve-router.ts'
import type { ServeStageFlags } from './serve-stage.ts'
import type { ServeToxiproxyFlags } from './serve.ts'
import type { SetupFlags } from './setup.ts'
import type { SloAddFlags, SloFlags } from './slo.ts'

/** Declares one command on the program. Its code is loaded when it is called. */
type AddCommand = (program: Command, io: Io, done: (exitCode: number) => void) => void

function runFlags(command: Command): Command {
  return command
    .option('--duration <time>', 'scale the agenda to this length, such as 10m')
    .option('--rate <n/s>', 'requests a second, such as 20/s')
    .option('--seed <n>', 'repeat a run: arrivals, delays and order of prompts follow from it')
    .option('--out <dir>', 'folder for the reports', 'reports')
    .option('--toxiproxy <url>', 'use this running Toxiproxy (or TOXIPROXY_URL); default: the embedded one')
    .option('--router <url>', 'drill this router, which runs already; needs a stage that stands')
    .option(
      '--stage <url>',
      'use this stage, which stands already (gameday serve stage); default: one of its own',
    )
    .option('--max-cost <usd>', 'abort and restore when this much has been spent; needed with real providers')
    .option(
      '--despite-freeze <reason>',
      'run although the error budget is spent; the report names the reason',
    )
    .option('--config <file>', 'configuration to use; default: gameday.yaml, if there is one')
    .option('--template <file>', 'Handlebars template of the report')
    .option('--json', 'events as NDJSON on stdout and nothing else there')
    .option('--plain', 'lines and no redrawing: for a screen reader, a log or a pipe')
    .option('--quiet', 'no progress, only the result')
}

const addRun: AddCommand = (program, io, done) => {
  runFlags(
    program
      .command('run')
      .argument('[drill]', 'a name from drills/ or a path; asked for, or friday-failover where nobody is'),
  )
    .description('hold a drill with the people at this terminal, or --unattended')
    .option('--unattended', 'ask nobody anything')
    .option('--answers <file>', 'a script that answers in people’s place; asks nobody')
    .option('--lead <name>', 'who leads; asked for if left out, as are the next two')
    .option('--operator <name>', 'who flips the switch')
    .option('--scribe <name>', 'who writes down what happens')
    .option('--blind', 'draw the faults by seed and hide them from all but a joined operator')
    .option('--list', 'name the drills that can be run, and stop')
    .action(async (drill: string | undefined, flags: RunFlags) => {
      const { list, run } = await import('./run.ts')
      done(flags.list === true ? await list(io) : await run(drill, flags, io))
    })
}

const addSmoke: AddCommand = (program, io, done) => {
  runFlags(program.command('smoke'))
    .description('run the smoke drill, unattended: for CI')
    .action(async (flags: RunFlags) => {
      const { run } = await import('./run.ts')
      done(await run('smoke', { ...flags, unattended: true }, io))
    })
}

const addValidate: AddCommand = (program, io, done) => {
  program
    .command('validate')
    .argument('[drill...]', 'names or paths; all of drills/ if none is given')
    .option('--config <file>', 'configuration to check; default: gameday.yaml, if there is one')
    .description('check drill files and gameday.yaml')
    .action(async (drills: string[], flags: { config?: string }) => {
      const { validate } = await import('./validate.ts')
      done(await validate(drills, flags, io))
    })
}

const addExplain: AddCommand = (program, io, done) => {
  program
    .command('explain')
    .argument('[drill]', 'a name from drills/ or a path', 'friday-failover')
    .option('--duration <time>', 'as it would be with this length')
    .option('--rate <n/s>', 'as it would be at this rate')
    .option('--blind', 'as it would be with its faults drawn and hidden')
    .option('--router <url>', 'as it would be with this router')
    .option('--stage <url>', 'as it would be on this stage')
    .option('--config <file>', 'configuration to use; default: gameday.yaml, if there is one')
    .description('say what a drill will do, and run nothing')
    .action(
      async (
        drill: string,
        flags: Pick<SetupFlags, 'duration' | 'rate' | 'config' | 'blind' | 'router' | 'stage'>,
      ) => {
        const { explain } = await import('./explain.ts')
        done(await explain(drill, flags, io))
      },
    )
}

const addDoctor: AddCommand = (program, io, done) => {
  program
    .command('doctor')
    .option('--router <url>', 'look at this router, which runs already; needs a stage that stands')
    .option('--stage <url>', 'look at this stage, which stands already; default: one of its own')
    .option('--toxiproxy <url>', 'use this running Toxiproxy (or TOXIPROXY_URL); default: the embedded one')
    .option('--timeout <time>', 'how long a client waits for an answer', '10s')
    .option(
      '--break',
      'break the primary for two questions of its own, also on a router of yours: does it fail over in time?',
    )
    .option('--config <file>', 'configuration to use; default: gameday.yaml, if there is one')
    .option('--json', 'as one JSON document')
    .description('check everything that a drill needs, and say what to add where something is missing')
    .action(async (flags: DoctorFlags) => {
      const { doctor } = await import('./doctor.ts')
      done(await doctor(flags, io))
    })
}

const addRecover: AddCommand = (program, io, done) => {
  program
    .command('recover')
    .argument('[run]', 'only what this run left behind: its id, or its folder')
    .option('--forget <record>', 'put a rollback record aside whose server will never be there again')
    .description('undo what dead runs left behind; safe at any time, and twice')
    .action(async (run: string | undefined, flags: { forget?: string }) => {
      const { recoverAll, forgetRecord } = await import('./recover.ts')
      done(flags.forget === undefined ? await recoverAll(run, io) : await forgetRecord(flags.forget, io))
    })
}

const addInit: AddCommand = (program, io, done) => {
  const command = program
    .command('init')
    .description('ask a few questions, and write gameday.yaml, a drill and a CI workflow')
  for (const [flag, meaning] of INIT_FLAGS) command.option(flag, meaning)
  command.action(async (flags: InitFlags) => {
    const { init } = await import('./init.ts')
    done(await init(flags, io))
  })
}

const addJoin: AddCommand = (program, io, done) => {
  program
    .command('join')
    .argument('[run]', 'which drill, where several are in progress: its id, or its folder')
    .option('--as <role>', 'scribe, operator or observer; default: scribe')
    .option('--name <name>', 'your name; default: that of your account')
    .option('--plain', 'lines and no redrawing: for a screen reader, a log or a pipe')
    .description('attach to the drill in progress on this machine')
    .action(async (run: string | undefined, flags: JoinFlags) => {
      const { join } = await import('./join.ts')
      done(await join(run, flags, io))
    })
}

const addNote: AddCommand = (program, io, done) => {
  program
    .command('note')
    .argument('<text>', 'what happened; @-45s in front dates it back')
    .option('--kind <kind>', 'note, symptom, decision, to-do or diagnosis', 'note')
    .option('--as <role>', 'lead, operator, scribe or observer', 'observer')
    .option('--name <name>', 'who says so; default: the name of your account')
    .option('--correct <id>', 'correct this note, such as n4, instead of writing a new one')
    .option('--run <id>', 'which drill, where several are in progress')
    .description('write one line into the drill in progress')
    .action(async (text: string, flags: NoteFlags) => {
      const { note } = await import('./note.ts')
      done(await note(text, flags, io))
    })
}

const addReport: AddCommand = (program, io, done) => {
  program
    .command('report')
    .argument('<run>', 'folder of a past run')
    .option('--template <file>', 'Handlebars template of the report')
    .description('redraw the report of a past run from its records')
    .action(async (folder: string, flags: { template?: string }) => {
      const { report } = await import('./report.ts')
      done(await report(folder, flags, io))
    })
}

const addCompare: AddCommand = (program, io, done) => {
  program
    .command('compare')
    .argument('<first>', 'a past run: its folder, its id, the beginning of either, or latest')
    .argument('<second>', 'the run that is compared with it')
    .option('--out <dir>', 'folder of the reports; default: reports')
    .option('--json', 'as one JSON document')
    .option('--markdown', 'as Markdown')
    .description('two runs of a drill side by side: what is worse, what is better, what shows no difference')
    .action(async (first: string, second: string, flags: CompareFlags) => {
      const { compare } = await import('./compare.ts')
      done(await compare(first, second, flags, io))
    })
}

const addHistory: AddCommand = (program, io, done) => {
  program
    .command('history')
    .option('--out <dir>', 'folder of the reports; default: reports')
    .option('--json', 'as one JSON document')
    .description('past drills: how they went, who attended, which re-tests are due')
    .action(async (flags: { out?: string; json?: boolean }) => {
      const { history } = await import('./history.ts')
      done(await history(flags, io))
    })
}

const CONFIG = ['--config <file>', 'configuration to use; default: gameday.yaml, if there is one'] as const

const addSlo: AddCommand = (program, io, done) => {
  const slo = program
    .command('slo')
    .description('how the promise stands over its rolling window, by the request log')
    .option('--by <what>', 'by tenant or by feature as well')
    .option('--json', 'as one JSON document')
    .option('--markdown', 'as Markdown')
    .option(
      '--check',
      'exit 1 when the error budget is spent (5 when nothing is known): for a deploy pipeline',
    )
    .option(...CONFIG)
    .action(async (flags: SloFlags) => {
      const command = await import('./slo.ts')
      done(await command.slo(flags, io))
    })
  slo
    .command('add')
    .description('book what a part of the error budget was spent on')
    .requiredOption('--cause <cause>', 'deploy, experiment or provider')
    .requiredOption('--failures <n>', 'how many of the failures; negative to take some of a booking back')
    .option('--note <text>', 'what happened')
    .option(...CONFIG)
    .action(async (_flags: unknown, command: Command) => {
      const { sloAdd } = await import('./slo.ts')
      // Both have --config, and commander gives it to whichever stands first.
      done(await sloAdd(command.optsWithGlobals<SloAddFlags>(), io))
    })
}

const addSchema: AddCommand = (program, io, done) => {
  program
    .command('schema')
    .argument('[name]', 'drill, answers, config, result, sample, attempt or event', 'drill')
    .option('--out <dir>', 'write all of them as files into this folder instead')
    .description('print a JSON Schema')
    .action(async (name: string, flags: { out?: string }) => {
      const { schema } = await import('./schema.ts')
      done(await schema(name, flags, io))
    })
}

const addServe: AddCommand = (program, io, done) => {
  const serve = program
    .command('serve')
    .description('one moving part alone, in the foreground: toxiproxy, stage or router')
  serve
    .command('toxiproxy')
    .description('a Toxiproxy server, in the place of the original’s; its flags may have one dash, as there')
    .option('--host <address>', 'where its API listens', 'localhost')
    .option('--port <n>', 'port of its API; 0 lets the kernel choose', '8474')
    .option('--config <file>', 'JSON file of the proxies to start with, as POST /populate takes them')
    .option('--seed <n>', 'what toxicity, jitter and slicer draw from; default: drawn, and told')
    .option('--proxy-metrics [on]', 'taken, and told that there are none')
    .option('--runtime-metrics [on]', 'the same')
    .action(async (flags: ServeToxiproxyFlags) => {
      const { serveToxiproxy } = await import('./serve.ts')
      done(await serveToxiproxy(flags, io))
    })
  serve
    .command('stage')
    .description('gates, providers and Toxiproxy, to stay between your router and its providers')
    .option('--toxiproxy <url>', 'use this running Toxiproxy (or TOXIPROXY_URL); default: the embedded one')
    .option(...CONFIG)
    .action(async (flags: ServeStageFlags) => {
      const { serveStage } = await import('./serve-stage.ts')
      done(await serveStage(flags, io))
    })
  serve
    .command('router')
    .description('the router of gameday.yaml, with its request log, its alerts and its exporters')
    .option(...CONFIG)
    .action(async (flags: ServeRouterFlags) => {
      const { serveRouter } = await import('./serve-router.ts')
      done(await serveRouter(flags, io))
    })
}

const addBypass: AddCommand = (program, io, done) => {
  program
    .command('bypass')
    .argument('[switch]', 'on or off; says how it stands if left out')
    .option('--to <provider>', 'which provider everything goes to; default: primary')
    .option('--router <port>', 'which router, where several serve: its port, or its address')
    .description('send everything past a running router, straight to one provider, or take that back')
    .action(async (word: string | undefined, flags: BypassFlags) => {
      const { bypass } = await import('./bypass.ts')
      done(await bypass(word, flags, io))
    })
}

/** All commands, in the order in which the help names them. */
export const COMMANDS: readonly AddCommand[] = [
  addInit,
  addRun,
  addSmoke,
  addJoin,
  addNote,
  addValidate,
  addExplain,
  addDoctor,
  addRecover,
  addReport,
  addHistory,
  addCompare,
  addServe,
  addBypass,
  addSlo,
  addSchema,
]
