import type { Command } from 'commander';
import { cellsOf } from '../../runner/cell.js';
import {
  assertPlugins,
  type CommandContext,
  loadPlugins,
  optionalPlan,
  withCommonFlags,
} from '../command-context.node.js';
import { type PlanFlags, planFromFlags, withPlanFlags } from '../plan-flags.node.js';
import { resumeHint, runWithDisplay } from '../run-with-display.node.js';

const examples = `
Examples:
  $ tasklearn train --learner protonet --distribution glyphs --ways 20 --updates 2000 --validate-every 250
  $ tasklearn train --learner maml --option innerSteps=5 --distribution omniglot --output runs/maml

Writes learner.safetensors, which \`evaluate\` tests and \`export\` turns into ONNX. Running the same command again
resumes from the last checkpoint, also after the process was killed.`;

async function train(file: string | undefined, flags: PlanFlags, context: CommandContext): Promise<void> {
  const { terminal } = context;
  const planFile = await optionalPlan(file);
  const loaded = await loadPlugins(flags, planFile);
  assertPlugins(loaded);
  const plan = planFromFlags(
    { episodes: 0, ...flags },
    planFile,
    `train-${flags.learner?.join('-') ?? 'plan'}`.replaceAll('/', '-'),
  );
  const { folder, summary, status } = await runWithDisplay(plan, loaded, flags, context);
  if (status === 'stopped') return terminal.note(resumeHint(context));
  const failed = new Set(
    summary.learners.filter(({ failures }) => failures.length > 0).map(({ name }) => name),
  );
  const trained = cellsOf(plan)
    .filter(({ learner }) => !failed.has(learner.name))
    .map(({ key, learner, seed }) => ({ learner: learner.name, seed, file: folder.cell(key).learner }));
  if (flags.json) return terminal.json({ event: 'result', status, folder: folder.path, trained });
  for (const { learner, seed, file: path } of trained) terminal.print(`${learner}, seed ${seed}: ${path}`);
  for (const { name, failures } of summary.learners) {
    for (const { cause } of failures) terminal.note(`${name} failed: ${cause}`);
  }
}

/** Adds `train`. */
export function addTrain(program: Command, context: CommandContext): void {
  const command = program
    .command('train')
    .description('meta-train learners without testing them')
    .argument('[plan]', 'plan file; flags change what it says')
    .addHelpText('after', examples)
    .action((file: string | undefined, flags: PlanFlags) => train(file, flags, context));
  withCommonFlags(withPlanFlags(command));
}
