import { createRng, type PartialOptions, type Rng, runStream } from '@tasklearn/core';
import { createMole, type MixtureState, type MoleOptions } from '@tasklearn/lifelong';
import { enableHigherOrderGradients } from '@tasklearn/nn';
import { compiledExecutor } from '@tasklearn/runtime';
import { switchingPlant } from '@tasklearn/tasks';
import { flagOf } from './flag-of.js';
import { meanOfSeeds, rowFile } from './rows.js';

const arms: Readonly<Record<string, PartialOptions<MoleOptions>>> = {
  MOLe: {},
  'meta-learned, gradient descent': { components: 1 },
  'meta-learned, one step on the last 8': { adapt: 'reset' },
  plain: { innerSteps: 0, adapt: 'never' },
  'plain, gradient descent': { innerSteps: 0, components: 1 },
};

/** A lifetime. */
interface Row {
  readonly arm: string;
  readonly test: 'constant' | 'alternating';
  readonly seed: number;
  readonly updates: number;
  /** Squared error of the change per component. */
  readonly error: number;
  /** The same on steps 10 to 40 after a change to a mode that was met before; null without changes. */
  readonly recalled: number | null;
  /** Components that hold a twentieth of all steps or more at the end. */
  readonly components: number;
}

const PERIOD = 500;
const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;

async function measured(arm: string, test: Row['test'], seed: number, updates: number): Promise<Row> {
  const executor = compiledExecutor({ threads: 1 });
  const distribution = switchingPlant({ test, period: PERIOD });
  const learner = createMole(arms[arm] as PartialOptions<MoleOptions>);
  const rng: Rng = createRng(seed);
  const training = await (learner.openTraining as NonNullable<typeof learner.openTraining>)({
    distribution,
    executor,
    rng: rng.split('training'),
  });
  for (let update = 0; update < updates; update += 1) await training.update();
  const { spec } = distribution;
  const agent = await learner.openAgent(training.parameters(), { spec, executor, rng });
  let last: MixtureState | undefined;
  const watched = {
    ...agent,
    observe: async (...given: Parameters<typeof agent.observe>) => {
      last = await agent.observe(...given);
      return last;
    },
  };
  const stream = distribution.stream('test', 0, rng.split('test'));
  const { steps } = await runStream({ agent: watched as never, spec, stream, rng: rng.split('life') });
  agent.dispose();
  training.dispose();
  const errors = steps.map(({ loss }) => loss / 2);
  const after = errors.filter((_error, t) => t >= 2 * PERIOD && t % PERIOD >= 10 && t % PERIOD < 40);
  const held = (last?.restaurant ?? []).filter((table) => (table?.count ?? 0) >= stream.length / 20);
  return {
    arm,
    test,
    seed,
    updates,
    error: mean(errors),
    recalled: test === 'constant' ? null : mean(after),
    components: held.length,
  };
}

/** Prediction of a plant that changes without notice: every arm and seed that the file of rows does not have yet. */
export async function plant(flags: readonly string[]): Promise<void> {
  enableHigherOrderGradients();
  const updates = Number(flagOf(flags, 'updates', '500'));
  const file = rowFile<Row>(flagOf(flags, 'rows', 'runs/unannounced-boundaries/plant.jsonl'), (row) =>
    [row.arm, row.test, row.seed, row.updates].join('|'),
  );
  for (const seed of flagOf(flags, 'seeds', '0,1,2').split(',').map(Number))
    for (const test of flagOf(flags, 'tests', 'alternating,constant').split(',') as Row['test'][])
      for (const arm of Object.keys(arms)) {
        const identity = { arm, test, seed, updates, error: 0, recalled: 0, components: 0 };
        if (!file.has(identity)) file.add(await measured(arm, test, seed, updates));
      }
  process.stdout.write('| arm | alternating | steps 10 to 40 after a return | components | constant |\n');
  process.stdout.write(`|${' --- |'.repeat(5)}\n`);
  for (const arm of Object.keys(arms)) {
    const own = (test: Row['test']) => file.rows.filter((row) => row.arm === arm && row.test === test);
    const [changing, still] = [own('alternating'), own('constant')];
    const cells = [
      meanOfSeeds(changing.map(({ error }) => error)),
      meanOfSeeds(changing.map(({ recalled }) => recalled ?? 0)),
      changing.map(({ components }) => components).join(', '),
      meanOfSeeds(still.map(({ error }) => error)),
    ];
    process.stdout.write(`| ${[arm, ...cells].join(' | ')} |\n`);
  }
}
