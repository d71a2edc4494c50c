import type { RegistryEntry } from '@tasklearn/core';
import type { Command } from 'commander';
import {
  assertPlugins,
  type CommandContext,
  type CommonFlags,
  loadPlugins,
  withCommonFlags,
} from '../command-context.node.js';
import { textTable } from '../text-table.js';

const examples = `
Examples:
  $ tasklearn list
  $ tasklearn list maml          options of one learner or distribution, with their defaults`;

type Entry = RegistryEntry<{ readonly kind: string; readonly summary: string; readonly defaults: object }>;

function describe({ id, plugin, descriptor }: Entry) {
  const { create: _, ...rest } = descriptor as { readonly create?: unknown };
  return { id, version: plugin.version, ...rest };
}

function printAll(title: string, entries: readonly Entry[], context: CommandContext): void {
  const { terminal } = context;
  terminal.print(terminal.paint('bold', title));
  const width = Math.max(0, ...entries.map(({ id }) => id.length));
  const kinds = Math.max(0, ...entries.map(({ descriptor }) => descriptor.kind.length));
  for (const { id, descriptor } of entries)
    terminal.print(`  ${id.padEnd(width)}  ${descriptor.kind.padEnd(kinds)}  ${descriptor.summary}`);
  terminal.print(entries.length === 0 ? '  none\n' : '');
}

function printOne(entry: Entry, context: CommandContext): void {
  const { terminal } = context;
  const { defaults, summary, kind } = entry.descriptor;
  terminal.print(`${terminal.paint('bold', entry.id)} ${entry.plugin.version} (${kind})\n${summary}\n`);
  const rows = Object.entries(defaults).map(([key, value]) => [key, JSON.stringify(value)]);
  terminal.print(rows.length === 0 ? 'No options.' : textTable(['option', 'default'], rows, terminal.paint));
  const { capabilities } = entry.descriptor as { readonly capabilities?: object };
  if (capabilities !== undefined) {
    const text = Object.entries(capabilities).map(
      ([key, value]) => `${key}: ${[value].flat().join(', ') || 'none'}`,
    );
    terminal.print(`\n${text.join('; ')}`);
  }
  const { reference } = entry.descriptor as {
    readonly reference?: { title: string; authors: string; year: number; url: string };
  };
  if (reference !== undefined)
    terminal.print(`\n${reference.authors} (${reference.year}). ${reference.title}. ${reference.url}`);
}

async function list(id: string | undefined, flags: CommonFlags, context: CommandContext): Promise<void> {
  const loaded = await loadPlugins(flags);
  const { learners, distributions } = loaded.registry;
  if (id !== undefined) {
    assertPlugins(loaded);
    const matches = [...learners, ...distributions].filter(
      (entry) => entry.id === id || entry.id.endsWith(`/${id}`),
    );
    const entries: readonly Entry[] = matches.length > 0 ? matches : [loaded.registry.learner(id)];
    for (const entry of entries) {
      if (flags.json) context.terminal.json(describe(entry));
      else printOne(entry, context);
    }
    return;
  }
  if (flags.json) {
    return context.terminal.json({
      learners: learners.map(describe),
      distributions: distributions.map(describe),
    });
  }
  assertPlugins(loaded);
  printAll('Learners', learners, context);
  printAll('Task distributions', distributions, context);
}

/** Adds `list`. */
export function addList(program: Command, context: CommandContext): void {
  const command = program
    .command('list')
    .description('list learners and task distributions of the installed plugins')
    .argument('[id]', 'show the options of one of them')
    .addHelpText('after', examples)
    .action((id: string | undefined, flags: CommonFlags) => list(id, flags, context));
  withCommonFlags(command);
}
