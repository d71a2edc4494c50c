import type { Command } from 'commander';
import type { ResolvedPlan } from '../../plan/plan.js';
import { formatInterval, metricTitle } from '../../report/format.js';
import type { EvaluationRow } from '../../rows/evaluation-row.js';
import { openRowWriter } from '../../rows/row-writer.node.js';
import { cellsOf } from '../../runner/cell.js';
import type { PreparedCell } from '../../runner/cell-kind.js';
import { rowMaker } from '../../runner/cell-rows.js';
import { chooseExecutor } from '../../runner/choose-executor.node.js';
import { completePlan, prepareCell } from '../../runner/prepare-cell.js';
import { summarise } from '../../summary/summarise.js';
import {
  assertPlugins,
  type CommandContext,
  loadPlugins,
  wholeNumber,
  withCommonFlags,
} from '../command-context.node.js';
import { planOfLearner, readLearner, type TrainedFlags, withTrainedFlags } from '../trained-learner.node.js';

interface EvaluateFlags extends TrainedFlags {
  readonly episodes: number;
  readonly tasks?: number;
  readonly tasksPerBatch: number;
  readonly rows?: string;
}

const examples = `
Examples:
  $ tasklearn evaluate runs/train-protonet/cells/protonet-seed-0/learner.safetensors --ways 20 --shots 5
  $ tasklearn evaluate learner.safetensors --option innerSteps=10 --episodes 1000 --rows rows.jsonl`;

async function writeRows(path: string, rows: readonly EvaluationRow[]): Promise<void> {
  const writer = await openRowWriter(path);
  try {
    for (const row of rows) await writer.write(row);
  } finally {
    await writer.close();
  }
}

/** What it was tested on, in words. */
function settingOf(
  { kind, testTasks, distributionId, rowMembers }: PreparedCell,
  { trial }: ResolvedPlan,
): string {
  if (kind === 'control' && trial !== undefined) {
    const { explorationEpisodes: first, executionEpisodes: then } = trial;
    return `${distributionId}, ${testTasks} tasks, ${first} + ${then} episodes each`;
  }
  if (kind === 'stream') return `${distributionId}, ${testTasks} steps`;
  if (kind === 'joint') return `${distributionId}, ${testTasks} tasks`;
  const { ways, shots } = rowMembers('test');
  const words = [ways && `${ways}-way`, shots && `${shots}-shot`, distributionId].filter(Boolean);
  return `${words.join(' ')}, ${testTasks} episodes`;
}

async function evaluate(path: string, flags: EvaluateFlags, context: CommandContext): Promise<void> {
  const { terminal } = context;
  const file = await readLearner(path);
  const loaded = await loadPlugins(flags);
  assertPlugins(loaded);
  const { episodes, tasks, tasksPerBatch } = flags;
  const { registry } = loaded;
  const given = planOfLearner(file, flags, { episodes, tasks, tasksPerBatch });
  const plan = { ...(await completePlan(registry, given)), references: [] };
  const [cell] = cellsOf(plan);
  const prepared = await prepareCell(registry, plan, cell!);
  const executor = await chooseExecutor(plan.execution, (message) => terminal.note(message));
  const rows: EvaluationRow[] = [];
  await prepared.test({
    plan,
    theta: file.theta,
    update: file.update,
    executor,
    row: rowMaker(prepared),
    write: async (row) => void rows.push(row),
  });
  if (flags.rows !== undefined) await writeRows(flags.rows, rows);
  const summary = summarise(plan, rows);
  if (flags.json)
    return terminal.json({ event: 'result', learner: file.learner, update: file.update, summary });
  const [learner] = summary.learners;
  terminal.print(
    `${file.name} (${file.learner}, ${file.update} updates) on ${settingOf(prepared, plan)}, ${executor.name}`,
  );
  terminal.print(`${metricTitle(summary.metric)}: ${formatInterval(summary.metric, learner!.mean!)} (95 %)`);
  for (const [metric, interval] of Object.entries(learner!.otherMetrics)) {
    terminal.print(`${metricTitle(metric)}: ${formatInterval(metric, interval)}`);
  }
  const { calibration } = learner!;
  if (calibration !== undefined)
    terminal.print(`Expected calibration error: ${(100 * calibration.expected).toFixed(1)} %`);
}

/** Adds `evaluate`. */
export function addEvaluate(program: Command, context: CommandContext): void {
  const command = program
    .command('evaluate')
    .description('test a trained learner, also with other ways, shots or tasks')
    .argument('<learner>', 'learner.safetensors of a run, or the folder of a cell')
    .option('--episodes <n>', 'test episodes', wholeNumber, 600)
    .option('--tasks <n>', 'test tasks of control learners, one trial each (default 100)', wholeNumber)
    .option('--tasks-per-batch <n>', 'episodes adapted to, or trials run, at once', wholeNumber, 20)
    .option('--rows <file>', 'append the rows to this file')
    .addHelpText('after', examples)
    .action((path: string, flags: EvaluateFlags) => evaluate(path, flags, context));
  withCommonFlags(withTrainedFlags(command));
}
