import type { Tensor } from '@tensorflow/tfjs';
import * as tf from '@tensorflow/tfjs';
import { describe, expect, it } from 'vitest';
import { clusters, lines } from '../__fixtures__/toy-distributions.js';
import { prototypeLearner, untrainedLearner } from '../__fixtures__/toy-learners.js';
import {
  createEpisodeEvaluator,
  createRng,
  type EpisodeResult,
  type EpisodicDistribution,
  type EpisodicLearner,
  eagerExecutor,
  evaluateEpisodes,
  type HostTensor,
  meanOfResults,
  toHost,
} from '../index.js';

const executor = eagerExecutor();
const untrained = untrainedLearner() as unknown as EpisodicLearner;
const prototypes = prototypeLearner() as unknown as EpisodicLearner;

function prototypeTheta() {
  return toHost({ scale: tf.tensor1d([1, 1]), unused: tf.ones([2]) });
}

const float = (shape: number[], data: number[]): HostTensor => ({
  dtype: 'float32',
  shape,
  data: Float32Array.from(data),
});

/** One task: support targets 1 and 3, query targets 2 and 4, of which a mask may hide the second. */
function fixed(mask?: number[]): EpisodicDistribution {
  const inputs = float([1, 2, 1], [0, 0]);
  return {
    ...lines({ support: 2, query: 2 }),
    episodes: () => ({
      support: { labelled: { inputs, targets: float([1, 2, 1], [1, 3]) } },
      query: {
        inputs,
        targets: float([1, 2, 1], [2, mask ? Number.NaN : 4]),
        ...(mask ? { mask: float([1, 2], mask) } : {}),
      },
    }),
  };
}

describe('evaluateEpisodes', () => {
  const range = { theta: {}, executor, split: 'test', rng: createRng(1) } as const;

  it('scores regression: squared error and −log p, as on paper', async () => {
    const [result] = await evaluateEpisodes({
      ...range,
      learner: untrained,
      distribution: fixed(),
      count: 1,
    });
    const { score, loss, metric, means, losses, targets, index, entropies } = result as EpisodeResult;
    // Predicts 2 for both: errors 0 and 2. −log N(y; 2, 1) = ½ log 2π + ½ error².
    expect([metric, score, index, entropies]).toEqual(['squaredError', 2, 0, undefined]);
    expect(loss).toBeCloseTo(0.5 * Math.log(2 * Math.PI) + 1, 5);
    expect([...losses].map((value) => value - 0.5 * Math.log(2 * Math.PI))).toEqual([
      expect.closeTo(0, 5),
      expect.closeTo(2, 5),
    ]);
    expect(means).toEqual(float([2, 1], [2, 2]));
    expect(targets).toEqual(float([2, 1], [2, 4]));
  });

  it('does not count masked items, whatever they hold', async () => {
    const [result] = await evaluateEpisodes({
      ...range,
      learner: untrained,
      distribution: fixed([1, 0]),
      count: 1,
    });
    expect(result?.score).toBe(0);
    expect(result?.loss).toBeCloseTo(0.5 * Math.log(2 * Math.PI), 5);
  });

  it('scores classification: accuracy, with ties to the lowest class', async () => {
    const flat = {
      ...prototypes,
      predict: (...call: Parameters<typeof prototypes.predict>) => {
        const given = prototypes.predict(...call);
        return { ...given, mean: () => tf.mul(given.mean(), 0) };
      },
    };
    const theta = await prototypeTheta();
    const results = await evaluateEpisodes({
      ...range,
      theta,
      learner: flat,
      distribution: clusters(),
      count: 2,
    });
    // 3 ways, 2 queries each: class 0 is right for 2 of 6.
    for (const { score, metric } of results) expect([metric, score]).toEqual(['accuracy', 1 / 3]);
    const [result] = await evaluateEpisodes({
      ...range,
      theta,
      learner: prototypes,
      distribution: clusters(),
      count: 1,
    });
    expect(result?.means.shape).toEqual([6, 3]);
    expect(result?.entropies).toHaveLength(6);
    const rows = Array.from(
      { length: 6 },
      (_, row) => result?.means.data.slice(3 * row, 3 * row + 3) as Float32Array,
    );
    const right = rows.filter((row, item) => row.indexOf(Math.max(...row)) === result?.targets.data[item]);
    expect(result?.score).toBe(right.length / 6);
  });

  it('does not depend on how episodes are batched', async () => {
    const theta = await prototypeTheta();
    const evaluate = (tasksPerBatch?: number) =>
      evaluateEpisodes({
        ...range,
        theta,
        learner: prototypes,
        distribution: clusters(),
        first: 3,
        count: 7,
        ...(tasksPerBatch === undefined ? {} : { tasksPerBatch }),
      });
    const whole = await evaluate();
    expect(whole.map(({ index }) => index)).toEqual([3, 4, 5, 6, 7, 8, 9]);
    for (const tasksPerBatch of [1, 3, 7, 20]) {
      const batched = await evaluate(tasksPerBatch);
      expect(batched.map(({ index, targets }) => [index, targets])).toEqual(
        whole.map(({ index, targets }) => [index, targets]),
      );
      for (const [at, { loss }] of batched.entries())
        expect(loss).toBeCloseTo((whole[at] as EpisodeResult).loss, 5);
    }
  });

  it('runs every batch in one shape and one prepared function', async () => {
    const shapes: number[][] = [];
    let prepared = 0;
    const counting: typeof executor = {
      name: 'counting',
      prepare: (fn, options) => {
        prepared++;
        return executor.prepare((input, rng) => {
          shapes.push([...(input as unknown as { query: { inputs: Tensor } }).query.inputs.shape]);
          return fn(input, rng);
        }, options);
      },
    };
    await evaluateEpisodes({
      ...range,
      executor: counting,
      learner: untrained,
      distribution: lines(),
      count: 5,
      tasksPerBatch: 2,
    });
    expect([prepared, shapes]).toEqual([
      1,
      [
        [2, 4, 1],
        [2, 4, 1],
        [2, 4, 1],
      ],
    ]);
  });

  it('takes other ways than training had', async () => {
    const theta = await prototypeTheta();
    const options = {
      ...range,
      theta,
      learner: prototypes,
      distribution: clusters({ ways: 5, shots: 2 }),
      count: 1,
    };
    expect((await evaluateEpisodes(options))[0]?.means.shape).toEqual([10, 5]);
  });

  it('gives every learner the same episodes', async () => {
    const other = prototypes;
    const options = { ...range, distribution: clusters(), count: 3 };
    const first = await evaluateEpisodes({ ...options, learner: other, theta: await prototypeTheta() });
    const second = await evaluateEpisodes({
      ...options,
      learner: { ...other },
      theta: await prototypeTheta(),
      tasksPerBatch: 2,
    });
    expect(second.map(({ targets }) => targets)).toEqual(first.map(({ targets }) => targets));
  });

  it('keeps query targets from adapt and predict, and leaves no tensor behind', async () => {
    const seen: unknown[] = [];
    const watching = {
      ...untrained,
      adapt: (...call: Parameters<typeof untrained.adapt>) => {
        seen.push(Object.keys(call[1]));
        return untrained.adapt(...call);
      },
      predict: (...call: Parameters<typeof untrained.predict>) => {
        seen.push(call[2] instanceof tf.Tensor);
        return untrained.predict(...call);
      },
    };
    const before = tf.memory().numTensors;
    await evaluateEpisodes({ ...range, learner: watching, distribution: lines(), count: 1 });
    expect(seen).toEqual([['labelled'], true]);
    expect(tf.memory().numTensors).toBe(before);
  });

  it('refuses counts out of range', async () => {
    const options = { ...range, learner: untrained, distribution: lines(), count: 1 };
    for (const [key, value] of [
      ['count', 0],
      ['first', -1],
      ['tasksPerBatch', 0.5],
    ] as const) {
      await expect(evaluateEpisodes({ ...options, [key]: value })).rejects.toMatchObject({
        code: 'INVALID_OPTION',
        details: { key },
      });
    }
    expect(() => meanOfResults([])).toThrow(expect.objectContaining({ code: 'INVALID_OPTION' }));
  });

  it('stops between batches when the signal is given', async () => {
    const controller = new AbortController();
    const evaluator = createEpisodeEvaluator({ learner: untrained, executor, spec: lines().spec });
    const seen: number[] = [];
    const evaluate = async () => {
      const options = {
        ...range,
        distribution: lines(),
        count: 4,
        tasksPerBatch: 2,
        signal: controller.signal,
      };
      for await (const { index } of evaluator.evaluate(options)) {
        seen.push(index);
        controller.abort(new Error('enough'));
      }
    };
    await expect(evaluate()).rejects.toThrow('enough');
    expect(seen).toEqual([0, 1]);
    evaluator.dispose();
    evaluator.dispose();
  });
});
