import {
  createRng,
  disposeTree,
  type Executor,
  flattenTree,
  type HostTensor,
  type Prepared,
  type Rng,
  type StreamAgent,
  type StreamInputs,
  type StreamSpec,
  treeSpec,
} from '@tasklearn/core';
import type { NetworkOptions } from '@tasklearn/nn';
import * as tf from '@tensorflow/tfjs';
import { streamNetwork } from '../engine/network.js';
import { itemBatch, itemsOf } from '../memory/item-batch.js';
import type { StoredItem } from '../memory/memory.js';
import { chineseRestaurant, type RestaurantOptions, type RestaurantState } from './chinese-restaurant.js';
import { type JudgeInput, judgeStep, learnStep, predictStep } from './mixture-steps.js';

/** What the agent is made of. */
export interface MixtureParts extends RestaurantOptions {
  readonly name: string;
  readonly network: NetworkOptions;
  /** β. */
  readonly rate: number;
  readonly deviation: number;
  /** W, the last items that components are judged on and learn from. */
  readonly window: number;
  /** Predict with the likeliest component, or with all in proportion. */
  readonly predict: 'map' | 'mix';
  /**
   * `components`: each learns what is its own; `reset`: the prior network after one step on the last items, anew every time; `never`:
   * the prior network as it is.
   */
  readonly adapt: 'components' | 'reset' | 'never';
}

/** State of a lifetime. Immutable, plain data. */
export interface MixtureState {
  /** Components by slot, [C, P]. */
  readonly rows: HostTensor;
  /** The prior network, [P]. */
  readonly star: HostTensor;
  /** P(component) of the last window by slot, [C]. */
  readonly responsibilities: readonly number[];
  readonly restaurant: RestaurantState;
  readonly recent: readonly StoredItem[];
  readonly gradients: number;
}

type Judged = { readonly logLikelihoods: HostTensor; readonly candidate: HostTensor };

function vector(data: Float32Array, shape: readonly number[] = [data.length]): HostTensor {
  return { dtype: 'float32', shape, data };
}

function prepare(parts: MixtureParts, spec: StreamSpec, executor: Executor) {
  const network = streamNetwork(parts.network, spec);
  const first = network.init(createRng(0));
  const thetaSpec = treeSpec(first as never);
  disposeTree(first as never);
  const model = { network, spec, thetaSpec, rate: parts.rate, deviation: parts.deviation };
  const ready = (fn: unknown, what: string) =>
    executor.prepare(fn as never, { name: `${parts.name}: ${what}` }) as Prepared<never, never>;
  const judge = ready(judgeStep(model), 'judge');
  const learn = ready(learnStep(model), 'learn');
  const predict = ready(predictStep(model), 'predict');
  const run = async <Output>(prepared: Prepared<never, never>, input: object, rng: Rng) =>
    (await prepared.run(input as never, rng)) as unknown as Output;
  const dispose = () => {
    for (const held of [judge, learn, predict]) held.dispose();
  };
  return { parts, spec, network, restaurant: chineseRestaurant(parts), judge, learn, predict, run, dispose };
}

type Workshop = ReturnType<typeof prepare>;

/** Rows with one of them replaced. */
function withRow(rows: HostTensor, slot: number, row: HostTensor): HostTensor {
  const data = rows.data.slice() as Float32Array;
  data.set(row.data as Float32Array, slot * row.data.length);
  return { ...rows, data };
}

function begin(
  { network, parts, restaurant }: Workshop,
  star: HostTensor | undefined,
  rng: Rng,
): MixtureState {
  let own = star;
  tf.tidy(() => {
    own ??= vector(
      flattenTree(network.init(rng) as never)
        .vector.dataSync()
        .slice() as Float32Array,
    );
  });
  const { data } = own as HostTensor;
  const rows = new Float32Array(parts.most * data.length);
  for (let slot = 0; slot < parts.most; slot += 1) rows.set(data as Float32Array, slot * data.length);
  return {
    rows: vector(rows, [parts.most, data.length]),
    star: own as HostTensor,
    responsibilities: Array.from({ length: parts.most }, (_, slot) => (slot === 0 ? 1 : 0)),
    restaurant: restaurant.begin(),
    recent: [],
    gradients: 0,
  };
}

async function observe(
  workshop: Workshop,
  state: MixtureState,
  step: StreamInputs,
  targets: HostTensor,
  rng: Rng,
): Promise<MixtureState> {
  const { parts, spec, judge, learn, restaurant, run } = workshop;
  const recent = [...state.recent, ...itemsOf(step, targets)].slice(-parts.window);
  if (parts.adapt === 'never') return state;
  const { inputs, targets: answers, mask } = itemBatch(spec, [recent], parts.window);
  const window = { inputs, targets: answers, mask };
  const given: JudgeInput<HostTensor> = { rows: state.rows, star: state.star, window };
  const judged = await run<Judged>(judge, given, rng.split('judge'));
  const gradients = state.gradients + recent.length;
  if (parts.adapt === 'reset')
    return { ...state, recent, gradients, rows: withRow(state.rows, 0, judged.candidate) };
  const logs = Array.from(judged.logLikelihoods.data as Float32Array);
  const seating = restaurant.seat(state.restaurant, logs.slice(0, -1), logs.at(-1) as number);
  const { responsibilities, opened } = seating;
  const rows = opened === undefined ? state.rows : withRow(state.rows, opened, judged.candidate);
  const weights = vector(Float32Array.from(responsibilities));
  const learnt = await run<{ rows: HostTensor }>(learn, { rows, weights, window }, rng.split('learn'));
  const used = responsibilities.filter((share) => share > 0).length;
  return {
    ...state,
    rows: learnt.rows,
    responsibilities,
    restaurant: seating.state,
    recent,
    gradients: gradients + used * recent.length,
  };
}

/** Opens an agent: a network for every task it believes to have met, and a belief about which is at hand. */
export function openMixtureAgent(
  parts: MixtureParts,
  star: HostTensor | undefined,
  spec: StreamSpec,
  executor: Executor,
): StreamAgent<MixtureState> {
  const workshop = prepare(parts, spec, executor);
  const shape = spec.target.kind === 'classification' ? [spec.target.classes] : spec.target.shape;
  return {
    begin: (rng) => begin(workshop, star, rng),
    async predict({ rows, responsibilities }, { inputs }, rng) {
      const likeliest = responsibilities.indexOf(Math.max(...responsibilities));
      const weights = vector(
        Float32Array.from(responsibilities, (share, slot) =>
          parts.predict === 'mix' ? share : Number(slot === likeliest),
        ),
      );
      const given = { rows, weights, inputs: { ...inputs, shape: [1, ...inputs.shape] } };
      const { means } = await workshop.run<{ means: HostTensor }>(workshop.predict, given, rng);
      return { ...means, shape: [inputs.shape[0] as number, ...shape] };
    },
    observe: (state, step, targets, rng) => observe(workshop, state, step, targets, rng),
    storedItems: ({ recent }) => recent.length,
    ledger: ({ restaurant, star: { data }, gradients }) => ({
      parameters: data.length * (1 + restaurant.filter((table) => table !== undefined).length),
      gradients,
    }),
    release: () => {},
    dispose: workshop.dispose,
  };
}
