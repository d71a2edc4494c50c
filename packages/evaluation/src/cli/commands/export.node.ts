import { resolve } from 'node:path';
import { TasklearnError } from '@tasklearn/core';
import { chooseBackend } from '@tasklearn/runtime';
import type { Command } from 'commander';
import { formatBytes } from '../../report/format.js';
import { cellsOf } from '../../runner/cell.js';
import type { EpisodicCell } from '../../runner/episodic/episodic-cell.js';
import { exportLearner } from '../../runner/episodic/export-learner.js';
import { completePlan, prepareCell } from '../../runner/prepare-cell.js';
import { writeWhole } from '../../runner/run-folder.node.js';
import {
  assertPlugins,
  type CommandContext,
  loadPlugins,
  wholeNumber,
  withCommonFlags,
} from '../command-context.node.js';
import { textTable } from '../text-table.js';
import { planOfLearner, readLearner, type TrainedFlags, withTrainedFlags } from '../trained-learner.node.js';

interface ExportFlags extends TrainedFlags {
  readonly output?: string;
  readonly queries?: number;
  readonly tasks: number;
}

const examples = `
Examples:
  $ tasklearn export runs/train-protonet/cells/protonet-seed-0/learner.safetensors --ways 5 --shots 1 --queries 1
  $ tasklearn export learner.safetensors --output protonet.onnx

The file takes a support set and query inputs and gives the mean prediction (class probabilities). It needs no tasklearn
to run: any ONNX runtime will do, in any language. Shapes are fixed by --ways, --shots, --queries and --tasks.`;

function notExported(name: string, kind: string): TasklearnError {
  return new TasklearnError(
    'UNSUPPORTED_TASK',
    `'${name}' is a learner of kind '${kind}'; only those that adapt to a support set are one graph. Its parameters are in learner.safetensors.`,
    { learner: name, received: kind },
  );
}

async function exportOnnx(path: string, flags: ExportFlags, { terminal }: CommandContext): Promise<void> {
  const file = await readLearner(path);
  const loaded = await loadPlugins(flags);
  assertPlugins(loaded);
  const { registry } = loaded;
  const plan = await completePlan(registry, planOfLearner(file, flags, { episodes: 1, tasksPerBatch: 1 }));
  const [cell] = cellsOf(plan);
  const prepared = await prepareCell(registry, plan, cell!);
  if (prepared.kind !== 'episodic') throw notExported(file.name, prepared.kind);
  const { tester, distributions } = prepared as EpisodicCell;
  const { test } = distributions;
  await chooseBackend('cpu'); // Recording computes nothing; any backend will do.
  const spec = flags.queries === undefined ? test.spec : { ...test.spec, querySize: flags.queries };
  const { model, inputs, outputs } = exportLearner(tester, file.theta, spec, flags.tasks);
  const output = resolve(flags.output ?? path.replace(/[\\/]?(\.safetensors)?$/, '.onnx'));
  await writeWhole(output, model);
  if (flags.json)
    return terminal.json({ event: 'result', file: output, bytes: model.length, inputs, outputs });
  terminal.print(`${output} (${formatBytes(model.length)})\n`);
  const row =
    (side: string) =>
    ({ name, dtype, shape }: (typeof inputs)[number]) => [`${side} ${name}`, dtype, `[${shape.join(', ')}]`];
  terminal.print(
    textTable(
      ['operand', 'type', 'shape'],
      [...inputs.map(row('in ')), ...outputs.map(row('out'))],
      terminal.paint,
    ),
  );
}

/** Adds `export`. */
export function addExport(program: Command, context: CommandContext): void {
  const command = program
    .command('export')
    .description('write adapt and predict of a trained learner as one .onnx file')
    .argument('<learner>', 'learner.safetensors of a run, or the folder of a cell')
    .option('--output <file>', 'the .onnx file; beside the learner where absent')
    .option('--queries <n>', 'query items at once; as in the test where absent', wholeNumber)
    .option('--tasks <n>', 'tasks adapted to at once', wholeNumber, 1)
    .addHelpText('after', examples)
    .action((path: string, flags: ExportFlags) => exportOnnx(path, flags, context));
  withCommonFlags(withTrainedFlags(command));
}
