import { trivialControlDistribution } from '@tasklearn/conformance';
import { createRng, eagerExecutor, type HostTensor, type TimeSteps } from '@tasklearn/core';
import { createTrajectoryReplay, gaussianActions, parameterSpec } from '@tasklearn/rl';
import { compiledExecutor } from '@tasklearn/runtime';
import * as tf from '@tensorflow/tfjs';
import { describe, expect, it } from 'vitest';
import { walk } from '../__fixtures__/slot-context.js';
import { createGcbc } from '../learners/hindsight-presets.js';
import { drawWindows } from './draw-windows.js';
import { latentPlanModel, type PlayWindows, partOf } from './latent-plan-model.js';
import { type LatentPlanState, latentPlanStep } from './latent-plan-step.js';
import { createPlayLmp } from './play-lmp.js';

const spec = trivialControlDistribution({ actions: 'continuous' }).spec;
const sizes = { hidden: [8], latentSize: 2, heads: 2, divergenceWeight: 0.5 };
const rng = createRng(0);

const host = (shape: readonly number[], values: readonly number[]): HostTensor => ({
  dtype: 'float32',
  shape,
  data: Float32Array.from(values),
});

/** Two windows of three steps, the second of one step only, as tensors. */
function twoWindows(change = 0): PlayWindows {
  return {
    observations: tf.tensor3d([
      [
        [0, 1],
        [0.2, 1],
        [0.6, 1],
      ],
      [
        [0.5, -1],
        [change, change],
        [0, 0],
      ],
    ]),
    actions: tf.tensor3d([
      [[1], [0.5], [0.2]],
      [[-1], [change], [0]],
    ]),
    mask: tf.tensor2d([
      [1, 1, 1],
      [1, 0, 0],
    ]),
  };
}

describe('latentPlanModel', () => {
  it('divides plans by the closed form of the KL of two Gaussians', () => {
    const posterior = gaussianActions(tf.tensor3d([[[1, 0, Math.log(0.5), 0]]])); // N(1, ¼) and N(0, 1).
    const prior = gaussianActions(tf.tensor3d([[[0, 0, Math.log(2), 0]]])); // N(0, 4) and N(0, 1).
    const expected = Math.log(4) + (0.25 + 1) / (2 * 4) - 0.5;
    expect(posterior.divergence(prior).arraySync()).toEqual([[expect.closeTo(expected, 5)]]);
    expect(posterior.divergence(posterior).arraySync()).toEqual([[expect.closeTo(0, 6)]]);
  });

  it('is the mean −log π of steps plus β times the mean KL of windows', () => {
    const model = latentPlanModel(spec, sizes);
    const free = latentPlanModel(spec, { ...sizes, divergenceWeight: 0 });
    const parameters = model.init(rng);
    const [one, other] = [model, free].map((each) => each.loss(parameters, twoWindows(), rng.split('z')));
    const [loss, actionLoss, divergence] = [one?.loss, one?.actionLoss, one?.divergence].map((value) =>
      value?.arraySync(),
    ) as number[];
    expect(loss).toBeCloseTo((actionLoss as number) + 0.5 * (divergence as number), 5);
    expect(other?.loss.arraySync()).toBeCloseTo(actionLoss as number, 5);
    const windows = twoWindows();
    const first = tf.tensor3d([
      [
        [0, 1],
        [0.5, -1],
      ],
    ]);
    const each = model
      .posterior(parameters, windows)
      .divergence(model.prior(parameters.prior, first))
      .arraySync() as number[][];
    expect(divergence).toBeCloseTo(((each[0]?.[0] as number) + (each[0]?.[1] as number)) / 2, 5);
  });

  it('does not see what is behind the end of a window', () => {
    const model = latentPlanModel(spec, sizes);
    const parameters = model.init(rng);
    const found = [0, 0.9].map((change) => {
      const windows = twoWindows(change);
      const { loss } = model.loss(parameters, windows, rng.split('z'));
      return [model.posterior(parameters, windows).numbers.arraySync(), loss.arraySync()];
    });
    expect(found[0]).toEqual(found[1]);
  });

  it('keeps the parameters of each network side by side', () => {
    const model = latentPlanModel(spec, sizes);
    const parameters = model.init(rng);
    const begun = latentPlanStep(model, 0.01).begin(rng);
    const part = partOf(begun.parameters, model.structure, 'prior');
    expect(part.shape).toEqual([parameterSpec(() => parameters.prior).size]);
    expect(part.shape).toEqual([model.priorStructure.size]);
  });
});

describe('latentPlanStep', () => {
  it('gives the same numbers eagerly and compiled', async () => {
    const model = latentPlanModel(spec, sizes);
    const windows = {
      observations: host([2, 2, 2], [0, 1, 0.3, 1, 0.5, -1, 0, 0]),
      actions: host([2, 2, 1], [1, 0.4, -1, 0]),
      mask: host([2, 2], [1, 1, 1, 0]),
    };
    const results = [eagerExecutor(), compiledExecutor({ threads: 1 })].map(async (executor) => {
      const { begin, run } = latentPlanStep(model, 0.01);
      const step = executor.prepare(run as never);
      let state: LatentPlanState<HostTensor> = begin(rng);
      for (let index = 0; index < 3; index += 1) {
        const output = await step.run({ state, windows } as never, rng.split(index));
        state = (output as { state: LatentPlanState<HostTensor> }).state;
      }
      step.dispose();
      return state.parameters.data as Float32Array;
    });
    const [eager, compiled] = (await Promise.all(results)) as [Float32Array, Float32Array];
    for (const [index, value] of eager.entries()) expect(compiled[index]).toBeCloseTo(value, 4);
  });

  it('tells two ways of doing the same apart, which one Gaussian cannot', async () => {
    // From 0 to 1 to the right, or to the left and round about.
    const windows = {
      observations: host([2, 1, 2], [0, 1, 0, 1]),
      actions: host([2, 1, 1], [1, -1]),
      mask: host([2, 1], [1, 1]),
    };
    const executor = compiledExecutor({ threads: 1 });
    const losses: number[] = [];
    for (const divergenceWeight of [0.01, 100]) {
      const model = latentPlanModel(spec, { ...sizes, hidden: [16], divergenceWeight });
      const { begin, run } = latentPlanStep(model, 0.01);
      const step = executor.prepare(run as never);
      let state = begin(rng);
      let report: HostTensor | undefined;
      for (let index = 0; index < 400; index += 1) {
        const output = (await step.run({ state, windows } as never, rng.split(index))) as unknown as {
          state: LatentPlanState<HostTensor>;
          report: HostTensor;
        };
        ({ state, report } = output);
      }
      step.dispose();
      losses.push(report?.data[1] as number);
    }
    expect(losses[0]).toBeLessThan(-0.5); // Plans say which: actions are sure.
    expect(losses[1]).toBeGreaterThan(1.3); // Plans say nothing: −log N(±1; 0, 1) = 1.42.
  });
});

describe('drawWindows', () => {
  it('gives every step the goal achieved at the end of its window, and no step behind it', () => {
    const fields = { observation: 2, action: 1, reward: 1, next: 2, discount: 1 };
    const replay = createTrajectoryReplay({ episodes: 1, horizon: 4, fields });
    replay.addTrajectory(walk([0, 0.25, 0.5, 0.75, 1], -1));
    const goal = { size: 1, achieved: 0, desired: 1 };
    const normalization = Float32Array.of(0, 0, 1, 1);
    const window = { minimum: 2, maximum: 3 };
    const drawn = drawWindows({ replay, goal, normalization, window, count: 200 }, rng);
    const lengths = new Set<number>();
    for (let item = 0; item < 200; item += 1) {
      const mask = [...drawn.mask.data.subarray(item * 3, item * 3 + 3)];
      const length = mask.reduce((sum, value) => sum + value, 0);
      const shown = drawn.observations.data.subarray(item * 6, item * 6 + 6);
      const end = (shown[0] as number) + 0.25 * length;
      lengths.add(length);
      for (let step = 0; step < 3; step += 1) {
        expect(mask[step]).toBe(step < length ? 1 : 0);
        expect(shown[2 * step + 1]).toBe(step < length ? end : 0);
      }
      if (length === 1) expect(shown[0]).toBe(0.75); // Only where nothing more is left of the episode.
    }
    expect([...lengths].sort()).toEqual([1, 2, 3]);
  });
});

describe('createPlayLmp', () => {
  const distribution = trivialControlDistribution();
  const options = {
    reference: 'oracle',
    playEpisodes: 4,
    hidden: [8],
    latentSize: 2,
    heads: 1,
    gradientSteps: 4,
    batchSize: 8,
  };

  it('draws a new plan every ten steps, and in every episode', async () => {
    const executor = eagerExecutor();
    const learner = createPlayLmp(options);
    const training = await learner.openTraining({ distribution, trial: distribution.trial, executor, rng });
    await training.update();
    const agent = await learner.openAgent(training.parameters(), { spec: distribution.spec, executor });
    training.dispose();
    const steps = {
      stepType: new Uint8Array(2),
      observation: Float32Array.of(0, 1, 0, 1),
    } as unknown as TimeSteps;
    let state = agent.beginTrials(2, distribution.trial, rng);
    const plans: string[] = [];
    for (let step = 0; step < 25; step += 1) {
      ({ state } = await agent.act(state, steps, Uint8Array.of(1, 1), rng.split(step)));
      plans.push(state.plans.join());
    }
    const changes = plans.flatMap((plan, step) => (step === 0 || plan !== plans[step - 1] ? [step] : []));
    expect(changes).toEqual([0, 10, 20]);
    ({ state } = await agent.act(agent.endEpisode(state), steps, Uint8Array.of(1, 1), rng));
    expect(plans).not.toContain(state.plans.join());
    expect(state.plans.subarray(0, 2)).not.toEqual(state.plans.subarray(2));
    agent.dispose();
  });

  it.each([createPlayLmp, createGcbc])(
    'collects play once, and refuses what nobody plays',
    async (create) => {
      const executor = eagerExecutor();
      let made = 0;
      const counted = {
        ...distribution,
        createEnvironment: (...given: Parameters<typeof distribution.createEnvironment>) => {
          made += given[0].length;
          return distribution.createEnvironment(...given);
        },
      };
      const own = { ...options, ...(create === createGcbc ? { stepsPerCall: 2 } : {}) };
      const context = { distribution: counted, trial: distribution.trial, executor, rng };
      const training = await create(own).openTraining(context);
      for (let update = 0; update < 3; update += 1) await training.update();
      training.dispose();
      expect(made).toBe(4);
      const nobody = await create({ ...own, reference: 'nobody' }).openTraining(context);
      await expect(nobody.update()).rejects.toMatchObject({
        code: 'UNSUPPORTED_TASK',
        details: { reference: 'nobody', known: ['oracle'] },
      });
      nobody.dispose();
    },
  );
});
