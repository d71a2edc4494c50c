import { dirname } from 'node:path';
import { createRegistry, type Plugin, type Registry, TasklearnError } from '@tasklearn/core';
import type { Command } from 'commander';
import { loadPlan, type PlanFile } from '../plan/load-plan.node.js';
import { findPlugins } from '../plugins/find-plugins.node.js';
import { importPlugins } from '../plugins/import-plugins.node.js';
import { processTerminal, type Terminal } from './terminal.node.js';

/** Flags that every command has. */
export interface CommonFlags {
  readonly plugin?: readonly string[];
  readonly json?: boolean;
  readonly verbose?: boolean;
}

/** Plugins that a command works with. */
export interface Loaded {
  readonly plugins: readonly Plugin[];
  /** Addresses they were imported from. */
  readonly modules: readonly string[];
  readonly registry: Registry;
}

/** What a command is given besides its own flags. */
export interface CommandContext {
  readonly terminal: Terminal;
  /** The command as typed, for reports and hints. */
  readonly command: string;
  /** Sets what the process ends with. */
  exitWith(code: number): void;
}

/** A command line as one would type it. */
function typed(args: readonly string[]): string {
  const quoted = args.map((word) =>
    /^[\w./:=,@+-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`,
  );
  return ['npx tasklearn', ...quoted].join(' ');
}

/**
 * The context of this process.
 *
 * @param args - of the command line.
 */
export function processContext(args: readonly string[]): CommandContext {
  return {
    terminal: processTerminal(),
    command: typed(args),
    exitWith(code) {
      process.exitCode = code;
    },
  };
}

/** Collects a flag that may be given several times. */
export function collect(value: string, before: readonly string[] = []): readonly string[] {
  return [...before, value];
}

/** Adds the flags that every command has. */
export function withCommonFlags(command: Command): Command {
  return command
    .option(
      '--plugin <package...>',
      'package or path that publishes a plugin, besides those found by keyword',
    )
    .option('--json', 'print one JSON value per line instead of text')
    .option('--verbose', 'print stacks and causes of errors');
}

/**
 * Finds and imports the plugins of the project in the working directory, those of flags and of a plan file.
 *
 * @throws `INVALID_PLUGIN`.
 */
export async function loadPlugins(flags: CommonFlags, file?: PlanFile): Promise<Loaded> {
  const planned = (file?.value as { readonly plugins?: unknown } | undefined)?.plugins;
  const found = await findPlugins({
    named: flags.plugin ?? [],
    ...(file !== undefined && Array.isArray(planned)
      ? { planned: { names: planned.filter((name) => typeof name === 'string'), folder: dirname(file.path) } }
      : {}),
  });
  const modules = found.map(({ module }) => module);
  const plugins = await importPlugins(modules);
  return { plugins, modules, registry: createRegistry(plugins) };
}

/** Refuses to go on without plugins, with what to do. */
export function assertPlugins({ plugins }: Loaded): void {
  if (plugins.length > 0) return;
  throw new TasklearnError(
    'INVALID_PLUGIN',
    "No plugin found. Install some in this project, e.g. `npm install @tasklearn/tasks @tasklearn/maml @tasklearn/protonets`; they are found by the keyword 'tasklearn-plugin'. Or name one by --plugin.",
    { path: 'plugins' },
  );
}

/** The plan file of a command, where one was named. */
export async function optionalPlan(path: string | undefined): Promise<PlanFile | undefined> {
  return path === undefined ? undefined : loadPlan(path);
}

/** A whole number from the command line. @throws `INVALID_OPTION`. */
export function wholeNumber(value: string): number {
  if (/^-?\d+$/.test(value)) return Number(value);
  throw new TasklearnError('INVALID_OPTION', `Expected a whole number, got '${value}'.`, { received: value });
}

/** A number from the command line. @throws `INVALID_OPTION`. */
export function decimalNumber(value: string): number {
  const number = Number(value);
  if (value.trim() !== '' && Number.isFinite(number)) return number;
  throw new TasklearnError('INVALID_OPTION', `Expected a number, got '${value}'.`, { received: value });
}
