import { createConditioned } from '@tasklearn/multitask';
import { describedSinusoids } from '@tasklearn/tasks';
import { squaredError, train } from './over-draws.js';
import { print, printTable, withInterval } from './print-table.js';

const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;

/** Tasks without data, answered from their descriptor alone. */
export async function zeroShot({ draws = 3, updates = 1500 } = {}): Promise<void> {
  const rows: string[][] = [];
  for (const descriptors of ['parameters', 'oneHot'] as const)
    for (const conditioning of ['concat', 'film'] as const)
      for (const tasks of [4, 16, 64]) {
        const [seen, unseen]: [number[], number[]] = [[], []];
        for (let draw = 0; draw < draws; draw += 1) {
          const first = 1_000 * draw;
          const of = (firstTask: number) => describedSinusoids({ seed: draw, tasks, firstTask, descriptors });
          const learner = createConditioned({
            network: { hidden: [40, 40] },
            conditioning,
            scaleLabels: false,
            optimizer: { learningRate: 0.003 },
          });
          const budget = { updates, batchSize: 10, validateEvery: 0 };
          const { results } = await train(learner, of(first), budget, draw);
          seen.push(mean((await results('test')).map(squaredError)));
          // Sets of T tasks, until 64 that it was not trained on.
          const errors: number[] = [];
          for (let from = 64; from < 128; from += tasks)
            errors.push(...(await results('test', of(first + from))).map(squaredError));
          unseen.push(mean(errors));
        }
        const told = descriptors === 'parameters' ? 'amplitude and phase' : 'a number';
        rows.push([told, conditioning, `${tasks}`, withInterval(seen), withInterval(unseen)]);
      }
  print(`Squared error on tasks of training and on 64 others; ${draws} draws.\n`);
  printTable(['told', 'by', 'tasks of training', 'seen tasks', 'unseen tasks'], rows);
}
