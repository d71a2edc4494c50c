import { resolve } from 'node:path';
import type { Command } from 'commander';
import { renderReport } from '../../report/render-report.node.js';
import { readRun } from '../../runner/read-run.node.js';
import { runFolder, writeWhole } from '../../runner/run-folder.node.js';
import { summarise } from '../../summary/summarise.js';
import { type CommandContext, type CommonFlags, withCommonFlags } from '../command-context.node.js';
import { comparisonTable } from '../comparison-table.js';

interface ReportFlags extends CommonFlags {
  readonly output?: string;
}

const examples = `
Examples:
  $ tasklearn report runs/few-shot-glyphs
  $ tasklearn report runs/few-shot-glyphs --output docs/results/glyphs.html
  $ tasklearn report runs/few-shot-glyphs --json      the numbers behind table and figures`;

async function report(path: string, flags: ReportFlags, { terminal }: CommandContext): Promise<void> {
  const folder = runFolder(path);
  const data = await readRun(folder);
  const output = flags.output === undefined ? folder.report : resolve(flags.output);
  await writeWhole(output, renderReport(data));
  const summary = summarise(data.plan, data.rows);
  if (flags.json) return terminal.json({ event: 'result', report: output, summary });
  terminal.print(`${comparisonTable(summary, terminal.paint)}\n\nReport: ${output}`);
}

/** Adds `report`. */
export function addReport(program: Command, context: CommandContext): void {
  const command = program
    .command('report')
    .description('write the report of a run again, from its rows')
    .argument('<folder>', 'run folder')
    .option('--output <file>', 'where to write the page; report.html in the run folder where absent')
    .addHelpText('after', examples)
    .action((path: string, flags: ReportFlags) => report(path, flags, context));
  withCommonFlags(command);
}
