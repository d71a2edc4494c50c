import * as tf from '@tensorflow/tfjs';
import { describe, expect, it } from 'vitest';
import { numbersOf, slopes, summed, toyJoint, toyJointLearner } from '../__fixtures__/toy-joint.js';
import {
  createJointEvaluator,
  createRng,
  eagerExecutor,
  type FinishedEvent,
  flattenTree,
  type JointBatch,
  type JointParameters,
  jointReportNames,
  jointSampler,
  jointStep,
  memoryCheckpointStore,
  TasklearnError,
  type TrainingEvent,
  type TrainJointOptions,
  toDevice,
  trainJoint,
} from '../index.js';

const distribution = toyJoint();
const base = (options: Partial<TrainJointOptions> = {}): TrainJointOptions => ({
  learner: toyJointLearner(summed('losses')),
  distribution,
  executor: eagerExecutor(),
  seed: 1,
  updates: 5,
  batchSize: 8,
  ...options,
});

async function eventsOf(options: TrainJointOptions): Promise<TrainingEvent[]> {
  const events: TrainingEvent[] = [];
  for await (const event of trainJoint(options)) events.push(event);
  return events;
}

const thetaOf = async (options: TrainJointOptions) =>
  ((await eventsOf(options)).at(-1) as FinishedEvent).theta as never as Record<'shared' | 'perTask', object>;

describe('jointSampler', () => {
  const draw = (options: object, count: number) => {
    const sample = jointSampler({ distribution, split: 'train', batchSize: 1, ...options });
    const sums = [0, 0, 0];
    for (let index = 0; index < count; index += 1)
      sample(index, createRng(0)).taskWeights.data.forEach((weight, task) => {
        sums[task] = (sums[task] as number) + weight / count;
      });
    return sums;
  };

  it('gives each task the weight 1 unless told otherwise', () => {
    expect(draw({}, 3)).toEqual([1, 1, 1]);
  });

  it('draws tasks in proportion to a power of their items', () => {
    const [a, b, c] = draw({ tasksPerBatch: 2, sampling: 'proportional' }, 3000) as [number, number, number];
    expect(a / 3).toBeCloseTo(40 / 64, 1);
    expect(b / 3).toBeCloseTo(4 / 64, 1);
    expect(c / 3).toBeCloseTo(20 / 64, 1);
    const [u, v] = draw({ tasksPerBatch: 2 }, 3000) as [number, number];
    expect(u).toBeCloseTo(1, 1);
    expect(v).toBeCloseTo(1, 1);
    const [p, q] = draw({ tasksPerBatch: 2, sampling: { power: 0.5 } }, 3000) as [number, number];
    expect(p / q).toBeGreaterThan(2.5);
    expect(p / q).toBeLessThan(4); // √10 ≈ 3.16
  });

  it('is pure in its index and stacks the tasks of a group', () => {
    const sample = jointSampler({ distribution, split: 'train', batchSize: 4 });
    const batch = sample(3, createRng(5));
    expect(sample(3, createRng(5))).toEqual(batch);
    expect(sample(4, createRng(5)).inputs.data).not.toEqual(batch.inputs.data);
    expect(batch.inputs.shape).toEqual([3, 4, 2]);
    expect(batch.groups.first?.targets.shape).toEqual([2, 4, 1]);
    expect(batch.groups.second?.mask.shape).toEqual([1, 4]);
  });

  it('refuses a task without items', () => {
    const empty = { ...distribution, sizes: { ...distribution.sizes, train: [3, 0, 2] } };
    expect(() => jointSampler({ distribution: empty, split: 'train', batchSize: 1 })).toThrow(/'b'/);
  });
});

describe('jointStep', () => {
  const { spec } = distribution;
  const one = (needs: 'losses' | 'gradients', penalty = 0) => {
    const learner = toyJointLearner(summed(needs), { penalty });
    const before = tf.memory().numTensors;
    const result = tf.tidy(() => {
      const theta = learner.init(spec, createRng(2));
      const { vector, spec: thetaSpec } = flattenTree(theta);
      const batch = toDevice(
        jointSampler({ distribution, split: 'train', batchSize: 6 })(0, createRng(3)) as never,
      ) as unknown as JointBatch;
      const input = {
        theta: vector,
        optimizer: {},
        combination: learner.combination.init(3, 2),
        step: tf.scalar(0),
        batch,
      };
      const output = jointStep(learner, spec, thetaSpec)(input, createRng(4));
      return {
        theta: output.theta.arraySync() as number[],
        report: output.report.arraySync() as number[],
        start: vector.arraySync() as number[],
      };
    });
    expect(tf.memory().numTensors).toBe(before);
    return result;
  };

  it('descends the weighted mean of the losses, whichever way they are combined', () => {
    const losses = one('losses');
    const gradients = one('gradients');
    for (const [index, value] of gradients.theta.entries())
      expect(value).toBeCloseTo(losses.theta[index] as number, 5);
    const names = jointReportNames(spec);
    expect(names).toEqual(['loss', 'gradientNorm', 'loss/a', 'loss/b', 'loss/c']);
    const [loss, , a, b, c] = losses.report as [number, number, number, number, number];
    expect(loss).toBeCloseTo((a + 2 * b + c) / 3, 4);
  });

  it('agrees with central differences, the penalty included', () => {
    for (const needs of ['losses', 'gradients'] as const) {
      const { theta, start } = one(needs, 0.5);
      const learner = toyJointLearner(summed(needs), { penalty: 0.5 });
      const loss = (values: readonly number[]) =>
        tf.tidy(() => {
          const parameters = {
            perTask: { slope: tf.tensor2d(values.slice(0, 6) as number[], [3, 2]) },
            shared: { slope: tf.tensor1d(values.slice(6) as number[]) },
          };
          const batch = toDevice(
            jointSampler({ distribution, split: 'train', batchSize: 6 })(0, createRng(3)) as never,
          ) as unknown as JointBatch;
          const losses = learner.taskLosses(parameters, batch, createRng(0), spec).arraySync() as number[];
          const [a, b, c] = losses as [number, number, number];
          return (a + 2 * b + c) / 3 + ((learner.penalty?.(parameters, spec).arraySync() as number) ?? 0);
        });
      start.forEach((_, index) => {
        const moved = (by: number) => start.map((value, each) => (each === index ? value + by : value));
        const difference = (loss(moved(0.01)) - loss(moved(-0.01))) / 0.02;
        const gradient = ((start[index] as number) - (theta[index] as number)) / 0.1;
        expect(gradient).toBeCloseTo(difference, 1);
      });
    }
  });

  it('refuses losses of another shape', () => {
    const learner = { ...toyJointLearner(summed('losses')), taskLosses: () => tf.zeros([2]) };
    tf.tidy(() => {
      const { vector, spec: thetaSpec } = flattenTree(learner.init(spec, createRng(0)) as JointParameters);
      const batch = toDevice(
        jointSampler({ distribution, split: 'train', batchSize: 2 })(0, createRng(0)) as never,
      );
      const input = {
        theta: vector,
        optimizer: {},
        combination: { calls: tf.scalar(0) },
        step: tf.scalar(0),
        batch,
      };
      expect(() => jointStep(learner, spec, thetaSpec)(input as never, createRng(0))).toThrow(
        /\[3\], got \[2\]/,
      );
    });
  });
});

describe('trainJoint', () => {
  it('learns every task exactly, masked labels or not, and leaks nothing', async () => {
    const before = tf.memory().numTensors;
    const { shared, perTask } = await thetaOf(base({ updates: 400, validation: { every: 100 } }));
    const [x, y] = numbersOf(shared) as [number, number];
    const own = numbersOf(perTask);
    slopes.forEach(([first, second], task) => {
      expect(x + (own[2 * task] as number)).toBeCloseTo(first, 2);
      expect(y + (own[2 * task + 1] as number)).toBeCloseTo(second, 2);
    });
    expect(tf.memory().numTensors).toBe(before);
  });

  it('tells the loss of each task', async () => {
    const update = (await eventsOf(base())).find(({ kind }) => kind === 'update');
    expect(update).toMatchObject({ loss: expect.any(Number), metrics: { 'loss/a': expect.any(Number) } });
  });

  it('goes on from a checkpoint bit for bit, the state of the combination included', async () => {
    for (const needs of ['losses', 'gradients'] as const) {
      const learner = toyJointLearner(summed(needs));
      const whole = await thetaOf(base({ learner, updates: 6 }));
      const store = memoryCheckpointStore();
      await eventsOf(base({ learner, updates: 3, store }));
      const events = await eventsOf(base({ learner, updates: 6, store }));
      expect(events[0]).toMatchObject({ resumed: true, update: 3 });
      expect((events.at(-1) as FinishedEvent).theta).toEqual(whole);
    }
  });

  it('refuses the checkpoint of another run', async () => {
    const store = memoryCheckpointStore();
    await eventsOf(base({ updates: 1, store }));
    await expect(eventsOf(base({ updates: 2, store, batchSize: 3 }))).rejects.toThrow(/batchSize/);
    await store.save(new Uint8Array(3));
    await expect(eventsOf(base({ store }))).rejects.toThrow(TasklearnError);
  });

  it('keeps the last good θ when numbers stop being finite', async () => {
    const learner = toyJointLearner(summed('losses'), { rate: 1e30 });
    const events: TrainingEvent[] = [];
    await expect(
      (async () => {
        for await (const event of trainJoint(base({ learner, updates: 50 }))) events.push(event);
      })(),
    ).rejects.toThrow(/NOT_FINITE|must be finite/);
    expect(events.at(-1)).toMatchObject({ kind: 'diverged' });
  });

  it('refuses numbers out of range', () => {
    const bad = [{ updates: -1 }, { batchSize: 0 }, { validation: { every: 0 } }, { checkpointEvery: 0 }];
    for (const options of bad) expect(() => trainJoint(base(options))).toThrow(TasklearnError);
  });
});

describe('createJointEvaluator', () => {
  it('predicts for all items of tasks of different sizes, whatever the batch', async () => {
    const theta = await thetaOf(base({ updates: 300 }));
    const evaluate = async (batchSize: number) => {
      const learner = toyJointLearner(summed('losses'));
      const evaluator = createJointEvaluator({ learner, distribution, executor: eagerExecutor(), batchSize });
      const results = await evaluator.evaluate({ theta: theta as never, split: 'test' });
      evaluator.dispose();
      return results;
    };
    const results = await evaluate(4);
    expect(results.map(({ task, losses }) => [task.id, losses.length])).toEqual([
      ['a', 6],
      ['b', 2],
      ['c', 4],
    ]);
    for (const { means, targets } of results)
      for (const [index, value] of means.data.entries())
        expect(value).toBeCloseTo(targets.data[index] as number, 1);
    const whole = await evaluate(100);
    expect(results.map(({ means }) => means)).toEqual(whole.map(({ means }) => means));
  });

  it('leaves out items without a label', async () => {
    const theta = await thetaOf(base({ updates: 1 }));
    const learner = toyJointLearner(summed('losses'));
    const evaluator = createJointEvaluator({ learner, distribution, executor: eagerExecutor() });
    const results = await evaluator.evaluate({ theta: theta as never, split: 'train', items: 10 });
    evaluator.dispose();
    expect(results.map(({ losses }) => losses.length)).toEqual([10, 4, 5]);
  });
});
