import { cpus, totalmem } from 'node:os';
import { TasklearnError } from '@tasklearn/core';
import {
  type BackendReport,
  chooseBackend,
  type EngineReport,
  inspectBackends,
  inspectEngines,
} from '@tasklearn/runtime';
import type { Command } from 'commander';
import { findPlugins } from '../../plugins/find-plugins.node.js';
import { formatBytes } from '../../report/format.js';
import { VERSION } from '../../version.js';
import {
  type CommandContext,
  type CommonFlags,
  loadPlugins,
  withCommonFlags,
} from '../command-context.node.js';
import type { TextCell } from '../text-table.js';

const examples = `
Examples:
  $ tasklearn doctor
  $ tasklearn doctor --json`;

function reportRow(report: BackendReport | EngineReport): TextCell[] {
  const { name, status } = report;
  if (report.status !== 'ready')
    return [name, { text: status, style: status === 'failed' ? 'red' : 'dim' }, '', report.reason];
  const details = 'device' in report ? report.device : report.providers.join(', ');
  return [name, { text: 'ready', style: 'green' }, report.version ?? '', details];
}

/** Columns to the left: a table of words reads better so. */
function alignLeft(
  rows: readonly (readonly TextCell[])[],
  paint: CommandContext['terminal']['paint'],
): string {
  const text = (cell: TextCell) => (typeof cell === 'string' ? cell : cell.text);
  const columns = Math.max(...rows.map((row) => row.length));
  const widths = Array.from({ length: columns }, (_, column) =>
    Math.max(...rows.map((row) => text(row[column] ?? '').length)),
  );
  return rows
    .map((row) =>
      row
        .map((cell, column) => {
          const padded = text(cell).padEnd(widths[column]!);
          return typeof cell === 'string' ? padded : paint(cell.style, padded);
        })
        .join('  ')
        .trimEnd(),
    )
    .map((line) => `  ${line}`)
    .join('\n');
}

/** What was found of plugins, or why they could not be loaded. */
async function inspectPlugins(flags: CommonFlags) {
  try {
    const packages = await findPlugins({ named: flags.plugin ?? [] });
    const { plugins, registry } = await loadPlugins(flags);
    return {
      packages: packages.map(({ name }) => name),
      plugins: plugins.map(({ name, version }) => ({ name, version })),
      learners: registry.learners.length,
      distributions: registry.distributions.length,
    };
  } catch (error) {
    if (!TasklearnError.is(error)) throw error;
    return {
      packages: [],
      plugins: [],
      learners: 0,
      distributions: 0,
      problem: `${error.code}: ${error.message}`,
    };
  }
}

async function doctor(flags: CommonFlags, context: CommandContext): Promise<void> {
  const { terminal } = context;
  const backends = await inspectBackends();
  const engines = await inspectEngines();
  const chosen = await chooseBackend('auto');
  const plugins = await inspectPlugins(flags);
  const processors = cpus();
  const machine = {
    tasklearn: VERSION,
    node: process.versions.node,
    system: `${process.platform} ${process.arch}`,
    processor: `${processors[0]?.model ?? 'unknown'}, ${processors.length} threads`,
    memory: formatBytes(totalmem()),
    data:
      process.env.TASKLEARN_DATA ?? 'TASKLEARN_DATA is not set; distributions use their caches or download',
  };
  if (flags.json) return terminal.json({ machine, backends, engines, chosen: chosen.name, plugins });
  const title = (text: string) => terminal.print(`\n${terminal.paint('bold', text)}`);
  terminal.print(alignLeft(Object.entries(machine), terminal.paint));
  title('Engines for compiled functions');
  terminal.print(alignLeft(engines.map(reportRow), terminal.paint));
  title(`TensorFlow.js backends (auto takes ${chosen.name})`);
  terminal.print(alignLeft(backends.map(reportRow), terminal.paint));
  title(`Plugins (${plugins.learners} learners, ${plugins.distributions} task distributions)`);
  if ('problem' in plugins) terminal.print(`  ${terminal.paint('red', plugins.problem ?? '')}`);
  else if (plugins.plugins.length === 0)
    terminal.print('  none; install packages with the keyword tasklearn-plugin');
  else
    terminal.print(
      alignLeft(
        plugins.plugins.map(({ name, version }) => [name, version]),
        terminal.paint,
      ),
    );
}

/** Adds `doctor`. */
export function addDoctor(program: Command, context: CommandContext): void {
  const command = program
    .command('doctor')
    .description('show engines, backends, devices and plugins found here, and why others are absent')
    .addHelpText('after', examples)
    .action((flags: CommonFlags) => doctor(flags, context));
  withCommonFlags(command);
}
