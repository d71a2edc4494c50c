import type { Command } from 'commander';
import { renderReport } from '../../report/render-report.node.js';
import { readRun } from '../../runner/read-run.node.js';
import { writeWhole } from '../../runner/run-folder.node.js';
import {
  assertPlugins,
  type CommandContext,
  loadPlugins,
  optionalPlan,
  withCommonFlags,
} from '../command-context.node.js';
import { comparisonTable } from '../comparison-table.js';
import { type PlanFlags, planFromFlags, withPlanFlags } from '../plan-flags.node.js';
import { resumeHint, runWithDisplay } from '../run-with-display.node.js';

const examples = `
Examples:
  $ tasklearn compare plan.ts
  $ tasklearn compare --learner protonet --learner maml --distribution glyphs --ways 5 --shots 1 --seconds 40
  $ tasklearn compare plan.json --seeds 0,1,2 --workers 2
  $ tasklearn compare plan.json --json > progress.jsonl

The run folder holds plan.json, rows.jsonl, checkpoints and report.html. Running the same command again resumes it,
also after it was killed. Exit codes: 0 all well, 1 failed, 2 wrong usage, 3 a learner diverged, 130 stopped by Ctrl-C.`;

/** Name of a run that only flags describe: its distribution's. */
function nameOf(distribution = 'compare'): string {
  return distribution.slice(distribution.lastIndexOf('/') + 1);
}

async function compare(file: string | undefined, flags: PlanFlags, context: CommandContext): Promise<void> {
  const { terminal } = context;
  const planFile = await optionalPlan(file);
  const loaded = await loadPlugins(flags, planFile);
  assertPlugins(loaded);
  const plan = planFromFlags(flags, planFile, nameOf(flags.distribution));
  const { folder, summary, status } = await runWithDisplay(plan, loaded, flags, context);
  if (status === 'stopped') return terminal.note(resumeHint(context));
  await writeWhole(folder.report, renderReport(await readRun(folder)));
  if (flags.json)
    return terminal.json({ event: 'result', status, folder: folder.path, report: folder.report, summary });
  terminal.print(`\n${comparisonTable(summary, terminal.paint)}\n`);
  terminal.print(`Report: ${folder.report}`);
  if (status === 'incomplete')
    terminal.note('Some cells broke off. Run the same command again to resume them.');
}

/** Adds `compare`. */
export function addCompare(program: Command, context: CommandContext): void {
  const command = program
    .command('compare')
    .description('train and test learners on the same tasks, print a table, write a report')
    .argument('[plan]', 'plan file: .json, .js, .mjs or .ts; flags change what it says')
    .addHelpText('after', examples)
    .action((file: string | undefined, flags: PlanFlags) => compare(file, flags, context));
  withCommonFlags(withPlanFlags(command));
}
