import type { Environment, HostTensor, Rng, TimeSteps, Tree } from '@tasklearn/core';
import { actionSizeOf, observationSizeOf } from '../policies/policy-for.js';
import { type FieldLayout, placeOf } from '../replay/field-layout.js';
import type { Actor } from '../roll-outs/actor.js';

/** One step of every copy, as rows of a replay. */
export interface CollectedStep {
  /** [E * F]; overwritten by the next step. */
  readonly rows: Float32Array;
  /** 1 where the step ended the episode, [E]. */
  readonly ended: Uint8Array;
  /** What the environment showed before the step. */
  readonly before: Pick<TimeSteps, 'stepType' | 'observation'>;
  /** What it showed after the step, before any reset. */
  readonly after: TimeSteps;
}

/** What a {@link transitionCollector} needs. */
export interface TransitionCollectorOptions {
  readonly environment: Environment;
  /** Fields of a row: `observation`, `action`, `reward`, `next`, `discount`, and any others, which `keep` fills. */
  readonly layout: FieldLayout;
  /** Decides for all copies. */
  readonly act: Actor;
  /** Takes each step, e.g. into a replay; may fill further fields of the rows first. */
  readonly keep: (step: CollectedStep, rng: Rng) => void;
  /** Episodes begin in the copies where `which` is 1, or in all: before the first action. */
  readonly begin?: (which: Uint8Array | undefined, rng: Rng) => void;
}

/** Steps an environment with auto-reset, row by row, and knows the returns of the episodes that ended. */
export interface TransitionCollector {
  /** `length` steps of every copy. */
  collect(length: number, rng: Rng): Promise<void>;
  /** Steps made of each copy. */
  steps(): number;
  /** Mean return, length and success of the episodes that have ended since the last call; of none before the first. */
  report(): Readonly<Record<string, number>>;
  /** Exact state, the environment's included. */
  save(): Tree<HostTensor>;
  /** Goes on from what `save` gave. */
  restore(saved: Tree<HostTensor>): void;
}

/** Sums over episodes, per copy and since the last report. */
interface Sums {
  /** Return, length and success of the episodes under way, [E * 3]. */
  readonly open: Float64Array;
  /** Episodes ended, and their sums of the same. */
  readonly ended: Float64Array;
}

function fillRows(
  { layout, environment: { spec, copies } }: TransitionCollectorOptions,
  rows: Float32Array,
  observation: Float32Array,
  actions: Float32Array,
  after: TimeSteps,
): void {
  const put = (name: string, values: ArrayLike<number>, size: number) => {
    const { offset } = placeOf(layout, name);
    for (let copy = 0; copy < copies; copy += 1)
      for (let index = 0; index < size; index += 1)
        rows[copy * layout.size + offset + index] = values[copy * size + index] as number;
  };
  put('observation', observation, observationSizeOf(spec));
  put('action', actions, actionSizeOf(spec));
  put('reward', after.reward, 1);
  put('next', after.observation, observationSizeOf(spec));
  put('discount', after.discount, 1);
}

function follow(sums: Sums, { ended, after }: Pick<CollectedStep, 'ended' | 'after'>): boolean {
  let any = false;
  ended.forEach((isEnd, copy) => {
    const own = sums.open.subarray(3 * copy, 3 * copy + 3);
    own[0] = (own[0] as number) + (after.reward[copy] as number);
    own[1] = (own[1] as number) + 1;
    if (after.success[copy] === 1) own[2] = 1;
    if (isEnd === 0) return;
    any = true;
    sums.ended[0] = (sums.ended[0] as number) + 1;
    own.forEach((value, index) => {
      sums.ended[index + 1] = (sums.ended[index + 1] as number) + value;
    });
    own.fill(0);
  });
  return any;
}

function reportOf({ ended }: Sums, hasSuccess: boolean): Record<string, number> {
  const [episodes = 0, total = 0, length = 0, success = 0] = ended;
  if (episodes === 0) return {};
  ended.fill(0);
  return {
    return: total / episodes,
    episodeLength: length / episodes,
    ...(hasSuccess ? { success: success / episodes } : {}),
  };
}

const words = (values: Float64Array): HostTensor => ({
  dtype: 'int32',
  shape: [2 * values.length],
  data: new Int32Array(values.slice().buffer),
});
const numbers = ({ data }: HostTensor) => new Float64Array((data as Int32Array).slice().buffer);

/** A collector of transitions. The first call of `collect` resets the environment. */
export function transitionCollector(options: TransitionCollectorOptions): TransitionCollector {
  const { environment, layout, act, keep, begin } = options;
  const { copies, spec } = environment;
  const rows = new Float32Array(copies * layout.size);
  const ended = new Uint8Array(copies);
  const observation = new Float32Array(copies * observationSizeOf(spec));
  const stepType = new Uint8Array(copies);
  const sums: Sums = { open: new Float64Array(3 * copies), ended: new Float64Array(4) };
  let shown: TimeSteps | undefined;
  let made = 0;

  const start = (rng: Rng) => {
    begin?.(undefined, rng);
    return environment.reset();
  };
  const step = async (current: TimeSteps, rng: Rng): Promise<TimeSteps> => {
    const { actions } = await act(current, rng.split('act'));
    observation.set(current.observation);
    stepType.set(current.stepType);
    const after = environment.step(actions);
    for (let copy = 0; copy < copies; copy += 1) ended[copy] = after.stepType[copy] === 2 ? 1 : 0;
    fillRows(options, rows, observation, actions, after);
    keep({ rows, ended, before: { stepType, observation }, after }, rng.split('keep'));
    made += 1;
    if (!follow(sums, { ended, after })) return after;
    begin?.(ended, rng.split('begin'));
    return environment.reset(ended);
  };
  return {
    async collect(length, rng) {
      shown ??= start(rng.split('begin'));
      for (let time = 0; time < length; time += 1) shown = await step(shown, rng.split(time));
    },
    steps: () => made,
    report: () => reportOf(sums, spec.hasSuccess),
    save() {
      const snapshot = Int32Array.from(environment.snapshot());
      return {
        environment: { dtype: 'int32', shape: [snapshot.length], data: snapshot },
        steps: { dtype: 'int32', shape: [1], data: Int32Array.of(made) },
        open: words(sums.open),
        ended: words(sums.ended),
      };
    },
    restore(saved) {
      const kept = saved as Readonly<Record<'environment' | 'steps' | 'open' | 'ended', HostTensor>>;
      environment.restore(Uint8Array.from(kept.environment.data));
      made = kept.steps.data[0] as number;
      sums.open.set(numbers(kept.open));
      sums.ended.set(numbers(kept.ended));
      // Resetting no copy shows the steps again without moving any.
      shown = made === 0 ? undefined : environment.reset(new Uint8Array(copies));
    },
  };
}
