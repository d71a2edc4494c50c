import { createRng } from '@tasklearn/core';
import { compiledExecutor } from '@tasklearn/runtime';
import * as tf from '@tensorflow/tfjs';
import { beforeAll, expect, it } from 'vitest';
import { countingSpec } from '../__fixtures__/counting-environment.js';
import { valueFunctionFor } from '../policies/value-function-for.js';
import { valueNetworkBaseline } from './value-network-baseline.js';

beforeAll(() => tf.setBackend('cpu'));

it('explains most of what a state explains, the same for the same batch, and leaves no tensor', async () => {
  const before = tf.memory().numTensors;
  const baseline = valueNetworkBaseline({
    value: valueFunctionFor(countingSpec(3), { hidden: [16] }),
    observationSize: 2,
    executor: compiledExecutor({ threads: 1, fallback: 'error' }),
    rng: createRng(0),
  });
  const rng = createRng(1);
  const observation = Float32Array.from({ length: 400 }, () => rng.gaussian());
  const returns = Float32Array.from({ length: 200 }, (_, row) => {
    const [x, y] = [observation[2 * row] as number, observation[2 * row + 1] as number];
    return 50 + 20 * Math.sin(2 * x) + 10 * y + rng.gaussian();
  });
  const mask = new Float32Array(200).fill(1);
  returns[3] = 1e4;
  mask[3] = 0;
  const batch = { observation, returns, mask };
  const found = await baseline.fit(batch);
  const rows = Array.from({ length: 200 }, (_, row) => row).filter((row) => row !== 3);
  const mean = rows.reduce((sum, row) => sum + (returns[row] as number), 0) / 199;
  const error = (of: (row: number) => number) =>
    rows.reduce((sum, row) => sum + ((returns[row] as number) - of(row)) ** 2, 0);
  expect(error((row) => found[row] as number)).toBeLessThan(0.3 * error(() => mean));
  await baseline.fit({ observation, returns: returns.map((g) => -g) });
  expect(await baseline.fit(batch)).toEqual(found);
  baseline.dispose();
  expect(tf.memory().numTensors).toBe(before);
});
