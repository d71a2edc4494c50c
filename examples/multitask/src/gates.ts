import { type JointParameters, toDevice } from '@tasklearn/core';
import {
  createMixtureOfExperts,
  gateUtilisation,
  type MultiTaskParameters,
  mixtureOfExperts,
  multiTaskDefaults,
} from '@tasklearn/multitask';
import { correlatedRegression } from '@tasklearn/tasks';
import * as tf from '@tensorflow/tfjs';
import { rSquared, train } from './over-draws.js';
import { print, printTable, withInterval } from './print-table.js';

/** Gates that begin near a choice of one expert: how many runs polarise, with and without gate dropout. */
export async function gates({ runs = 20, updates = 600 } = {}): Promise<void> {
  const distribution = correlatedRegression({ correlation: 0.5, trainItems: 4_000, testItems: 1_000 });
  const rows: string[][] = [];
  for (const gateScale of [1, 10])
    for (const gateDropout of [0, 0.1]) {
      const options = { experts: 8, expertSize: 16, gateScale, gateDropout };
      const scores: number[] = [];
      let [polarised, used] = [0, 0];
      let example = '';
      for (let run = 0; run < runs; run += 1) {
        const learner = createMixtureOfExperts({ ...options, optimizer: { learningRate: 0.003 } });
        const budget = { updates, batchSize: 128, validateEvery: 0 };
        const { theta, results } = await train(learner, distribution, budget, run);
        const all = (await results('test')).map(rSquared);
        scores.push(all.reduce((sum, score) => sum + score, 0) / all.length);
        const found = utilisation(theta as never, options);
        if (found.isPolarised) polarised += 1;
        used += 8 - found.unused.length;
        if (run === 0)
          example = found.weights.map((row) => row.map((w) => w.toFixed(2)).join(' ')).join('; ');
      }
      rows.push([
        `${gateScale}`,
        `${gateDropout}`,
        `${polarised} of ${runs}`,
        (used / runs).toFixed(1),
        withInterval(scores),
        example,
      ]);
    }

  /** Mean gate weights over the first test items. */
  function utilisation(theta: JointParameters, options: { experts: number; expertSize: number }) {
    const architecture = mixtureOfExperts({
      ...options,
      network: { ...multiTaskDefaults.network, hidden: [] },
      gates: 'perTask',
      gateDropout: 0,
    });
    const { inputs } = distribution.rows(
      'test',
      0,
      Int32Array.from({ length: 500 }, (_, item) => item),
    );
    const parameters = toDevice(theta as never) as never as MultiTaskParameters;
    const chosen = tf.tidy(() => {
      const x = tf.tensor3d(inputs.data as Float32Array, [1, 500, 20]);
      return architecture.gated(parameters, x, distribution.spec).gates;
    });
    const found = gateUtilisation(chosen);
    tf.dispose([chosen, parameters as never]);
    return found;
  }

  print(`Two regressions with cosine 0.5, 8 experts, ${updates} updates, ${runs} runs.\n`);
  printTable(
    ['gate scale', 'gate dropout', 'polarised', 'experts in use', 'R²', 'mean gates of the first run'],
    rows,
  );
}
