import { TasklearnError } from '@tasklearn/core';
import { Command, CommanderError } from 'commander';
import { VERSION } from '../version.js';
import { type CommandContext, processContext } from './command-context.node.js';
import { addCompare } from './commands/compare.node.js';
import { addDoctor } from './commands/doctor.node.js';
import { addEvaluate } from './commands/evaluate.node.js';
import { addExport } from './commands/export.node.js';
import { addList } from './commands/list.node.js';
import { addReport } from './commands/report.node.js';
import { addTrain } from './commands/train.node.js';
import { exitCodeOf, exitCodes } from './exit-codes.js';

const overview = `
A first comparison:
  $ npm install @tasklearn/evaluation @tasklearn/tasks @tasklearn/maml @tasklearn/protonets
  $ npx tasklearn compare --learner protonet --learner maml --distribution glyphs --ways 5 --shots 1 --seconds 40

Learners and task distributions come from installed packages with the keyword tasklearn-plugin, from the configuration
file tasklearn.config.json ({ "plugins": [...] }) and from --plugin.`;

/**
 * The `tasklearn` command with all its commands.
 *
 * @param context - where it writes.
 */
export function createProgram(context: CommandContext): Command {
  const program = new Command('tasklearn')
    .description(
      'Train, compare and export learners on tasks: few-shot, meta- and goal-conditioned reinforcement learning.',
    )
    .version(VERSION)
    .addHelpText('after', overview)
    .showSuggestionAfterError();
  for (const add of [addList, addTrain, addEvaluate, addCompare, addReport, addExport, addDoctor])
    add(program, context);
  const trimmed = (write: (text: string) => void) => (text: string) => write(text.trimEnd());
  for (const command of [program, ...program.commands]) {
    command.exitOverride().configureOutput({
      writeOut: trimmed(context.terminal.print),
      writeErr: trimmed(context.terminal.note),
    });
  }
  return program;
}

/** An error as a person should read it: message and code; with --verbose its stack and causes. */
function explain(error: unknown, verbose: boolean): string {
  if (!(error instanceof Error)) return String(error);
  if (!TasklearnError.is(error))
    return `This is a bug in tasklearn or in a plugin: ${error.stack ?? error.message}`;
  const causes: string[] = [];
  for (let each: unknown = error; verbose && each instanceof Error; each = each.cause)
    causes.push(each.stack ?? each.message);
  return [`${error.message} [${error.code}]`, ...causes].join('\n');
}

/**
 * Runs the command line.
 *
 * @param args - without node and program.
 * @param context - where it writes.
 */
export async function main(
  args: readonly string[],
  context: CommandContext = processContext(args),
): Promise<void> {
  try {
    await createProgram(context).parseAsync([...args], { from: 'user' });
  } catch (error) {
    if (error instanceof CommanderError) {
      context.exitWith(error.exitCode === 0 ? exitCodes.success : exitCodes.usage);
      return;
    }
    if (args.includes('--json') && TasklearnError.is(error)) {
      const { code, message, details } = error;
      context.terminal.json({ event: 'error', code, message, details: JSON.parse(JSON.stringify(details)) });
    } else context.terminal.note(explain(error, args.includes('--verbose')));
    context.exitWith(exitCodeOf(error));
  }
}
