import {
  type ControlDistribution,
  type Environment,
  type Rng,
  TasklearnError,
  type TimeSteps,
} from '@tasklearn/core';
import type { Tensor } from '@tensorflow/tfjs';
import * as tf from '@tensorflow/tfjs';

const HORIZON = 20;

/** A point on a line: v′ = .9 v + .1 g a, x′ = x + v′; reward −(x′ − 1)²; it starts near 0 at rest. g is the task's gain. */
export function pointMass(gains: readonly number[] = [1]): ControlDistribution {
  const spec = {
    observation: { shape: [2], dtype: 'float32' },
    action: { shape: [1], dtype: 'float32', minimum: -1, maximum: 1 },
    horizon: HORIZON,
    hasSuccess: false,
  } as const;
  return {
    kind: 'control',
    id: 'point-mass',
    spec,
    varies: gains.length > 1 ? ['dynamics'] : [],
    trial: { explorationEpisodes: 0, executionEpisodes: 1 },
    task: (_split, index) => ({
      id: `${index}`,
      parameters: { gain: gains[index % gains.length] as number },
    }),
    createEnvironment: (tasks, copies, rng) =>
      pointMassEnvironment(
        tasks.flatMap(({ parameters }) => Array<number>(copies).fill(parameters.gain as number)),
        rng,
        spec,
      ),
    recordableReward: (_task, _observation, _action, next: Tensor) =>
      tf.neg(tf.square(tf.sub(tf.squeeze(tf.slice(next, zeros(next), column(next)), [-1]), 1))),
  };
}

const zeros = (x: Tensor) => Array<number>(x.rank).fill(0);
const column = (x: Tensor) => [...x.shape.slice(0, -1), 1];

function pointMassEnvironment(
  gains: readonly number[],
  rng: Rng,
  spec: ControlDistribution['spec'],
): Environment {
  const copies = gains.length;
  const steps: TimeSteps = {
    stepType: new Uint8Array(copies),
    observation: new Float32Array(2 * copies),
    reward: new Float32Array(copies),
    discount: new Float32Array(copies).fill(1),
    success: new Uint8Array(copies),
  };
  const time = new Int32Array(copies);
  const move = (copy: number, action: number) => {
    const force = Math.max(-1, Math.min(1, action));
    const v = 0.9 * (steps.observation[2 * copy + 1] as number) + 0.1 * (gains[copy] as number) * force;
    const x = (steps.observation[2 * copy] as number) + v;
    steps.observation.set([x, v], 2 * copy);
    steps.reward[copy] = -((x - 1) ** 2);
    time[copy] = (time[copy] as number) + 1;
    steps.stepType[copy] = time[copy] === HORIZON ? 2 : 1;
  };
  return {
    copies,
    spec,
    reset(which) {
      for (let copy = 0; copy < copies; copy += 1) {
        if (which !== undefined && which[copy] !== 1) continue;
        steps.observation.set([0.05 * rng.gaussian(), 0], 2 * copy);
        steps.stepType[copy] = 0;
        steps.reward[copy] = 0;
        time[copy] = 0;
      }
      return steps;
    },
    step(actions, active) {
      for (let copy = 0; copy < copies; copy += 1)
        if (active === undefined || active[copy] === 1) move(copy, actions[copy] as number);
      return steps;
    },
    snapshot: () => {
      throw new TasklearnError('NOT_RECORDABLE', 'point mass: no snapshots here');
    },
    restore: () => undefined,
    dispose: () => undefined,
  };
}
