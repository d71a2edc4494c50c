import {
  createJointEvaluator,
  eagerExecutor,
  type FinishedEvent,
  type JointDistribution,
  trainJoint,
} from '@tasklearn/core';
import { compiledExecutor } from '@tasklearn/runtime';
import { describedSinusoids } from '@tasklearn/tasks';
import { describe, expect, it } from 'vitest';
import { createConditioned } from './create-learners.js';

/** Squared error on the tasks of training, and on others. */
async function errors(descriptors: 'parameters' | 'oneHot', tasks: number) {
  const of = (firstTask: number) => describedSinusoids({ tasks, firstTask, descriptors });
  const learner = createConditioned({
    network: { hidden: [24, 24] },
    conditioning: 'concat',
    scaleLabels: false,
    optimizer: { learningRate: 0.01 },
  });
  const options = { learner, distribution: of(0), executor: compiledExecutor(), seed: 0, batchSize: 10 };
  let theta: FinishedEvent['theta'] | undefined;
  for await (const event of trainJoint({ ...options, updates: 400 }))
    if (event.kind === 'finished') theta = event.theta;
  const on = async (distribution: JointDistribution) => {
    const evaluator = createJointEvaluator({ learner, distribution, executor: eagerExecutor() });
    const results = await evaluator.evaluate({ theta: theta as never, split: 'test' });
    evaluator.dispose();
    const all = results.flatMap(({ means, targets }) =>
      Array.from(targets.data, (y, at) => (y - (means.data[at] as number)) ** 2),
    );
    return all.reduce((sum, error) => sum + error, 0) / all.length;
  };
  return { seen: await on(of(0)), unseen: await on(of(1000)) };
}

describe('tasks without data', () => {
  it('are answered from what they are, not from their number, and better the more tasks were seen', async () => {
    const told = await errors('parameters', 32);
    const numbered = await errors('oneHot', 32);
    const few = await errors('parameters', 4);
    expect(told.seen).toBeLessThan(0.1);
    expect(told.unseen).toBeLessThan(0.2);
    expect(numbered.unseen).toBeGreaterThan(3 * told.unseen);
    expect(few.unseen).toBeGreaterThan(1.5 * told.unseen);
  });
});
