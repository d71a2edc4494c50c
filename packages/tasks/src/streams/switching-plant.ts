import {
  type HostTensor,
  type Rng,
  requireInteger,
  requireOneOf,
  type Split,
  type Stream,
  type StreamDistribution,
} from '@tasklearn/core';

/** Options of a plant whose gain turns. */
export type SwitchingPlantOptions = {
  /** T, transitions of a lifetime. */
  readonly length: number;
  /** Transitions between changes of `alternating`. */
  readonly period: number;
  /** What lifetimes of the test split do: stay in the first mode, or go back and forth between the two. */
  readonly test: 'constant' | 'alternating';
};

/** Two thousand transitions, a change every 500. */
export const switchingPlantDefaults: SwitchingPlantOptions = {
  length: 2000,
  period: 500,
  test: 'alternating',
};

/** How actions act: turned by an angle, times a gain. */
type Mode = { readonly angle: number; readonly gain: number };

/** The two of the test; the second is beyond what is trained on. */
const testModes: readonly Mode[] = [
  { angle: 0, gain: 1 },
  { angle: 0.9 * Math.PI, gain: 0.6 },
];

function modeOf(rng: Rng): Mode {
  return { angle: Math.PI * 0.6 * (2 * rng.next() - 1), gain: 0.5 + 0.7 * rng.next() };
}

function vector(data: readonly number[]): HostTensor {
  return { dtype: 'float32', shape: [1, data.length], data: Float32Array.from(data) };
}

/** States s_0, ..., s_T and actions of a lifetime, made once. */
function trajectory(length: number, mode: (t: number) => Mode, rng: Rng) {
  const states: (readonly number[])[] = [[0, 0]];
  const actions: (readonly number[])[] = [];
  for (let t = 0; t < length; t += 1) {
    const [x = 0, y = 0] = states[t] as readonly number[];
    const [a, b] = [2 * rng.next() - 1, 2 * rng.next() - 1];
    const { angle, gain } = mode(t);
    const [cos, sin] = [gain * Math.cos(angle), gain * Math.sin(angle)];
    actions.push([a, b]);
    states.push([
      0.9 * x + cos * a - sin * b + 0.3 * Math.sin(2 * x) + 0.02 * rng.gaussian(),
      0.9 * y + sin * a + cos * b + 0.3 * Math.sin(2 * y) + 0.02 * rng.gaussian(),
    ]);
  }
  return { states, actions };
}

/**
 * A plant in the plane, s' = 0.9 s + g Rot(ψ) a + 0.3 sin 2s + N(0, 0.02²), under random actions: from [s, a] the change s' − s is
 * to be predicted. In a lifetime of `train` and `validation` ψ ~ U(−0.6π, 0.6π) and g ~ U(0.5, 1.2) stay as they are; in the test there
 * are two modes, the second beyond what is trained on, that may alternate without notice. `task` of a step is its mode.
 *
 * @throws `INVALID_OPTION` for a value out of range.
 */
export function switchingPlant(given: Partial<SwitchingPlantOptions> = {}): StreamDistribution {
  const id = '@tasklearn/tasks/switching-plant';
  const options = { ...switchingPlantDefaults, ...given };
  requireInteger(id, options, 'length');
  requireInteger(id, options, 'period');
  requireOneOf(id, options, 'test', ['constant', 'alternating']);
  const { length, period, test } = options;
  const place = (split: Split, t: number) =>
    split === 'test' && test === 'alternating' ? Math.floor(t / period) % 2 : 0;
  const lifetime = (split: Split, rng: Rng): Stream => {
    const own = modeOf(rng.split('mode'));
    const mode = (t: number) => (split === 'test' ? (testModes[place(split, t)] as Mode) : own);
    let made: ReturnType<typeof trajectory> | undefined;
    return {
      length,
      step(t) {
        made ??= trajectory(length, mode, rng.split('trajectory'));
        const [before, after] = [
          made.states[t] as readonly number[],
          made.states[t + 1] as readonly number[],
        ];
        const change = after.map((value, axis) => value - (before[axis] as number));
        const inputs = vector([...before, ...(made.actions[t] as readonly number[])]);
        return { inputs, targets: vector(change), task: place(split, t) };
      },
    };
  };
  return {
    kind: 'stream',
    id,
    spec: {
      input: { shape: [4], dtype: 'float32' },
      target: { kind: 'regression', shape: [2] },
      loss: 'meanSquaredError',
      order: 'periodic',
      boundaries: 'continuous',
      boundariesKnown: false,
      batchSize: 1,
      tasks: 1,
      storage: Number.POSITIVE_INFINITY,
    },
    stream: (split: Split, index: number, rng: Rng) => lifetime(split, rng.split(split).split(index)),
  };
}
