import { type Environment, type Rng, TasklearnError, type TimeSteps } from '@tasklearn/core';
import { actionSizeOf, observationSizeOf } from '../policies/policy-for.js';
import type { Acted, Actor } from './actor.js';
import type { Rollout } from './rollout.js';

/** Collects roll-outs of one length again and again, going on where the last one stopped, in buffers of its own. */
export interface RolloutCollector {
  /** Makes `length` steps of every copy, resetting those whose episode ends. */
  collect(actor: Actor, rng: Rng): Promise<Rollout>;
  /** What the environment shows now; `undefined` before the first collection. Its arrays change with the next step. */
  current(): TimeSteps | undefined;
  /** Goes on from a restored environment that shows these steps. */
  resume(steps: TimeSteps): void;
}

type Extras = Record<string, Float32Array>;

/** Keeps what the actor added at one time, in arrays made when first seen. */
function keepExtras(kept: Extras, extras: NonNullable<Acted['extras']>, time: number, length: number): void {
  for (const name in extras) {
    const values = extras[name] as Float32Array;
    kept[name] ??= new Float32Array(length * values.length);
    kept[name].set(values, time * values.length);
  }
}

function emptyRollout(environment: Environment, length: number): Rollout & { readonly extras: Extras } {
  const { copies, spec } = environment;
  const [observationSize, actionSize] = [observationSizeOf(spec), actionSizeOf(spec)];
  const rows = length * copies;
  return {
    copies,
    length,
    observationSize,
    actionSize,
    observation: new Float32Array(rows * observationSize),
    action: new Float32Array(rows * actionSize),
    reward: new Float32Array(rows),
    discount: new Float32Array(rows),
    begins: new Uint8Array(rows),
    ends: new Uint8Array(rows),
    next: new Float32Array(rows * observationSize),
    success: new Uint8Array(rows),
    extras: {},
  };
}

/** Notes which copies have ended; whether any has. */
function markEnds(steps: TimeSteps, ended: Uint8Array): boolean {
  let any = false;
  for (let copy = 0; copy < ended.length; copy += 1) {
    ended[copy] = steps.stepType[copy] === 2 ? 1 : 0;
    if (ended[copy] === 1) any = true;
  }
  return any;
}

/**
 * A collector of roll-outs of `length` steps.
 *
 * @throws `INVALID_OPTION` for a length that is no integer ≥ 1.
 */
export function rolloutCollector(environment: Environment, length: number): RolloutCollector {
  if (!Number.isInteger(length) || length < 1) {
    throw new TasklearnError(
      'INVALID_OPTION',
      `rolloutCollector: \`length\` must be an integer >= 1, got ${length}.`,
      { key: 'length', received: length },
    );
  }
  const { copies } = environment;
  const rollout = emptyRollout(environment, length);
  const { observationSize, actionSize } = rollout;
  const ended = new Uint8Array(copies);
  let steps: TimeSteps | undefined;

  const before = (shown: TimeSteps, row: number) => {
    rollout.observation.set(shown.observation, row * observationSize);
    for (let copy = 0; copy < copies; copy += 1)
      rollout.begins[row + copy] = shown.stepType[copy] === 0 ? 1 : 0;
  };
  const after = (shown: TimeSteps, row: number) => {
    rollout.next.set(shown.observation, row * observationSize);
    rollout.reward.set(shown.reward, row);
    rollout.discount.set(shown.discount, row);
    rollout.success.set(shown.success, row);
    rollout.ends.set(ended, row);
  };
  return {
    async collect(actor, rng) {
      let shown = steps ?? environment.reset();
      for (let time = 0; time < length; time += 1) {
        const row = time * copies;
        before(shown, row);
        const { actions, extras } = await actor(shown, rng.split(time));
        rollout.action.set(actions, row * actionSize);
        if (extras !== undefined) keepExtras(rollout.extras, extras, time, length);
        shown = environment.step(actions);
        const any = markEnds(shown, ended);
        after(shown, row);
        if (any) shown = environment.reset(ended);
      }
      steps = shown;
      return rollout;
    },
    current: () => steps,
    resume(shown) {
      steps = shown;
    },
  };
}

/**
 * `length` steps of every copy of an environment, from a reset on; episodes that end begin anew. For more than one
 * roll-out in sequence see {@link rolloutCollector}.
 *
 * @returns time-major arrays.
 */
export function collectRollout(
  environment: Environment,
  actor: Actor,
  length: number,
  rng: Rng,
): Promise<Rollout> {
  return rolloutCollector(environment, length).collect(actor, rng);
}
