import {
  createRng,
  type HostTensor,
  type JointBatch,
  type JointDistribution,
  type JointLearner,
  type JointParameters,
  jointSampler,
  memoryCheckpointStore,
  taskGradients,
  toDevice,
  trainJoint,
} from '@tasklearn/core';
import { createSharedBottom, gradientAffinity, gradientConflict } from '@tasklearn/multitask';
import { digitPairs, imageTasks } from '@tasklearn/tasks';
import { loadFashionMnist, loadMnist } from '@tasklearn/tasks/node';
import * as tf from '@tensorflow/tfjs';
import { executor } from './over-draws.js';
import { print, printTable } from './print-table.js';

/** What is measured between stretches of training, on one large batch. */
interface Measured {
  readonly cosines: readonly (readonly number[])[];
  readonly magnitudes: readonly (readonly number[])[];
}

function measure(
  learner: JointLearner,
  theta: JointParameters,
  distribution: JointDistribution,
  batch: JointBatch<HostTensor>,
): Measured {
  return tf.tidy(() => {
    const { gradients } = taskGradients(learner, theta, {
      batch: toDevice(batch as never) as never,
      rng: createRng(0),
      spec: distribution.spec,
    });
    const { cosines, magnitudes } = gradientConflict(gradients);
    return {
      cosines: cosines.arraySync() as number[][],
      magnitudes: magnitudes.arraySync() as number[][],
    };
  });
}

/** Trains in stretches, and measures the tasks' gradients before each and at the end. */
async function along(
  learner: JointLearner,
  distribution: JointDistribution,
  stretches: readonly number[],
): Promise<readonly Measured[]> {
  const store = memoryCheckpointStore();
  const sample = jointSampler({ distribution, split: 'train', batchSize: 256 });
  const batch = sample(0, createRng('measure'));
  const found: Measured[] = [];
  for (const updates of stretches) {
    const options = { learner, distribution, executor, seed: 0, updates, batchSize: 64, store };
    for await (const event of trainJoint({ ...options, logEvery: updates + 1 })) {
      if (event.kind !== 'finished') continue;
      const theta = toDevice({ shared: {}, perTask: {}, ...(event.theta as object) } as never);
      found.push(measure(learner, theta as never, distribution, batch));
      tf.dispose(theta as never);
    }
  }
  return found;
}

const pairsOf = (matrix: readonly (readonly number[])[]) =>
  matrix.flatMap((row, i) => row.filter((_, j) => j > i));
const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;

/** How the gradients of pairs of tasks on digits stand to each other as training goes on. */
export async function conflict({ updates = 800 } = {}): Promise<void> {
  const [digits, clothes] = [await loadMnist(), await loadFashionMnist()];
  const one = [{ name: 'digits', images: digits }];
  const many = { tasks: 4, itemsPerClass: 100, shrink: 2 } as const;
  const sets: Readonly<Record<string, JointDistribution>> = {
    'overlaid digits': digitPairs('pairs', [digits, digits]),
    'digit over clothing': digitPairs('pairs', [digits, clothes]),
    'four alike tasks on digits': imageTasks('alike', one, many),
    'half of the pixels permuted': imageTasks('half', one, { ...many, permutedPixels: 0.5 }),
    'all pixels permuted': imageTasks('all', one, { ...many, permutedPixels: 1 }),
    'labels permuted': imageTasks('labels', one, { ...many, permutedLabels: true }),
    'digits and clothes': imageTasks('both', [...one, { name: 'clothes', images: clothes }], {
      ...many,
      tasks: 2,
    }),
  };
  const stretches = [0, 1 / 8, 1 / 4, 1 / 2, 1].map((share) => Math.round(share * updates));
  const rows: string[][] = [];
  for (const [name, distribution] of Object.entries(sets)) {
    const network = { architecture: 'mlp', hidden: [64] } as const;
    const learner = createSharedBottom({ network } as never);
    const found = await along(learner, distribution, stretches);
    const affinity = gradientAffinity();
    for (const { cosines } of found.slice(1)) affinity.update(cosines);
    const pairs = found.map(({ cosines }) => pairsOf(cosines));
    const conflicting = pairs.slice(1).flat();
    rows.push([
      name,
      ...pairs.map((values) => mean(values).toFixed(2)),
      mean(pairsOf(affinity.matrix())).toFixed(2),
      `${Math.round((100 * conflicting.filter((value) => value < 0).length) / conflicting.length)} %`,
      mean(found.slice(1).flatMap(({ magnitudes }) => pairsOf(magnitudes))).toFixed(2),
    ]);
  }
  print('Cosine of the tasks` gradients in the shared layer, mean over pairs, by update; one run each.\n');
  const head = ['tasks', ...stretches.map((update) => `${update}`), 'affinity', 'in conflict', 'magnitudes'];
  printTable(head, rows);
}
