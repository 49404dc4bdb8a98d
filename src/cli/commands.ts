import type { Command } from 'commander'
import type { Io } from './io.ts'
import type { RunFlags } from './flags.ts'

/** Declares one command on the program. Its code is loaded when it is called. */
type AddCommand = (program: Command, io: Io, done: (exitCode: number) => void) => void

function runFlags(command: Command): Command {
  return command
    .option('--unattended', 'ask nobody anything')
    .option('--duration <time>', 'scale the agenda to this length, such as 10m')
    .option('--rate <n/s>', 'requests a second, such as 20/s')
    .option('--seed <n>', 'repeat a run: arrivals, delays and order of prompts follow from it')
    .option('--out <dir>', 'folder for the reports', 'reports')
    .option('--toxiproxy <url>', 'use this running Toxiproxy (or TOXIPROXY_URL); default: the embedded one')
    .option('--max-cost <usd>', 'abort and restore when this much has been spent; needed with real providers')
    .option(
      '--despite-freeze <reason>',
      'run although the error budget is spent; the report names the reason',
    )
    .option('--config <file>', 'configuration to use; default: gameday.yaml, if there is one')
    .option('--template <file>', 'Handlebars template of the report')
    .option('--json', 'events as NDJSON on stdout and nothing else there')
    .option('--plain', 'lines instead of a redrawn block')
    .option('--quiet', 'no progress, only the result')
}

export const addRun: AddCommand = (program, io, done) => {
  runFlags(program.command('run').argument('[drill]', 'a name from drills/ or a path', 'friday-failover'))
    .description('run a drill')
    .option('--list', 'name the drills that can be run, and stop')
    .action(async (drill: string, flags: RunFlags) => {
      const { list, run } = await import('./run.ts')
      done(flags.list === true ? await list(io) : await run(drill, flags, io))
    })
}

export const addSmoke: AddCommand = (program, io, done) => {
  runFlags(program.command('smoke'))
    .description('run the smoke drill, unattended: for CI')
    .action(async (flags: RunFlags) => {
      const { run } = await import('./run.ts')
      done(await run('smoke', { ...flags, unattended: true }, io))
    })
}

export const addValidate: AddCommand = (program, io, done) => {
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

export const addExplain: AddCommand = (program, io, done) => {
  program
    .command('explain')
    .argument('[drill]', 'a name from drills/ or a path', 'friday-failover')
    .option('--duration <time>', 'as it would be with this length')
    .option('--rate <n/s>', 'as it would be at this rate')
    .option('--config <file>', 'configuration to use; default: gameday.yaml, if there is one')
    .description('say what a drill will do, and run nothing')
    .action(async (drill: string, flags: { duration?: string; rate?: string; config?: string }) => {
      const { explain } = await import('./explain.ts')
      done(await explain(drill, flags, io))
    })
}

export const addRecover: AddCommand = (program, io, done) => {
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

export const addReport: AddCommand = (program, io, done) => {
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

export const addSchema: AddCommand = (program, io, done) => {
  program
    .command('schema')
    .argument('[name]', 'drill, config, result, sample, attempt or event', 'drill')
    .option('--out <dir>', 'write all of them as files into this folder instead')
    .description('print a JSON Schema')
    .action(async (name: string, flags: { out?: string }) => {
      const { schema } = await import('./schema.ts')
      done(await schema(name, flags, io))
    })
}
