import {
  type ControlAgent,
  type ControlAgentContext,
  type HostTensor,
  type Prepared,
  type Rng,
  type TreeSpec,
  type TrialProtocol,
  unflattenTree,
} from '@tasklearn/core';
import type { Tensor } from '@tensorflow/tfjs';
import * as tf from '@tensorflow/tfjs';
import { hostArray } from '../networks/flat-update.js';
import { mergeRows } from '../networks/merge-rows.js';
import { type StepEncoding, stepEncoding } from '../networks/step-encoding.js';
import { persistentGreedy } from '../trials/persistent-greedy.js';
import { afterStep, inputsNow, type LastStep, noLastStep } from '../trials/trial-inputs.js';
import { asDreamParameters, type DreamNetworks } from './dream-networks.js';

/** What an agent of `dream` keeps during a trial. */
export interface DreamTaskState {
  /** Episodes that have ended. */
  readonly episode: number;
  readonly protocol: TrialProtocol;
  /** Of the explorer and the decoder, [T, S] each. */
  readonly explorer: Float32Array;
  readonly decoder: Float32Array;
  readonly last: LastStep;
  /** What each copy saw last, [T, O]. */
  readonly observation: Float32Array;
  /** z of execution, [T, Z]; absent while exploring. */
  readonly latent?: Float32Array;
}

/** What training changes about an agent: random actions, and z told instead of decoded. */
export interface DreamPractice {
  /** Probability of a random action. */
  epsilon(): number;
  /** Share of random actions that repeat the last one. */
  readonly persistence: number;
  /** z of execution given what was decoded, [T, Z] both. */
  latent(decoded: Float32Array, rng: Rng): Float32Array;
}

/** What {@link dreamAgent} acts with. */
export interface DreamAgentOptions {
  /** θ at the time of each action, [P]. */
  readonly theta: () => HostTensor;
  readonly treeSpec: TreeSpec;
  readonly networks: DreamNetworks;
  readonly latentSize: number;
  readonly context: ControlAgentContext;
  readonly practice?: DreamPractice;
}

type ExploreInput<Leaf = Tensor> = {
  readonly theta: Leaf;
  readonly x: Leaf;
  readonly explorer: Leaf;
  readonly decoder: Leaf;
};
type ExploreOutput = {
  readonly values: Tensor;
  readonly latent: Tensor;
  readonly explorer: Tensor;
  readonly decoder: Tensor;
};
type ExecuteInput<Leaf = Tensor> = { readonly theta: Leaf; readonly observation: Leaf; readonly z: Leaf };

function prepareSteps({ treeSpec, networks, context }: DreamAgentOptions) {
  const parametersOf = (theta: Tensor) => asDreamParameters(unflattenTree(theta, treeSpec));
  const explore: Prepared<ExploreInput, ExploreOutput> = context.executor.prepare(
    (input: ExploreInput): ExploreOutput => {
      const parameters = parametersOf(input.theta);
      const acted = networks.step(parameters.explorer, input.x, input.explorer);
      const decoded = networks.step(parameters.decoder, input.x, input.decoder);
      return {
        values: acted.outputs,
        latent: decoded.outputs,
        explorer: acted.state,
        decoder: decoded.state,
      };
    },
    { name: 'dream explore' },
  );
  const execute: Prepared<ExecuteInput, { readonly values: Tensor }> = context.executor.prepare(
    (input: ExecuteInput) => {
      const { execution } = parametersOf(input.theta);
      const values = networks.execution.apply(
        execution,
        input.observation.expandDims(0),
        input.z.expandDims(0),
      );
      return { values: tf.squeeze(values, [0]) };
    },
    { name: 'dream execute' },
  );
  return { explore, execute };
}

type Steps = ReturnType<typeof prepareSteps>;

/** Runs explorer and decoder on what is seen now. */
function look(
  { theta, networks }: DreamAgentOptions,
  encoding: StepEncoding,
  { explore }: Steps,
  state: DreamTaskState,
  observation: Float32Array,
  rng: Rng,
) {
  const trials = state.last.reward.length;
  const memory = (values: Float32Array) => hostArray([trials, networks.memorySize], values);
  const x = hostArray([trials, networks.inputSize], inputsNow(encoding, observation, state.last));
  return explore.run(
    { theta: theta(), x, explorer: memory(state.explorer), decoder: memory(state.decoder) },
    rng,
  );
}

/**
 * Explores to find out which problem it is, until the exploration episodes are over; then executes with what the decoder
 * makes of them.
 */
export function dreamAgent(options: DreamAgentOptions): ControlAgent<DreamTaskState> {
  const { networks, latentSize, practice, context, theta } = options;
  const encoding = stepEncoding(context.spec);
  const steps = prepareSteps(options);
  const choose = (values: HostTensor, last: LastStep, rng: Rng) =>
    persistentGreedy(values.data, last, {
      epsilon: practice?.epsilon() ?? 0,
      persistence: practice?.persistence ?? 0,
      rng: rng.split('choice'),
    });
  return {
    beginTrials: (trials, protocol) => ({
      episode: 0,
      protocol,
      explorer: new Float32Array(trials * networks.memorySize),
      decoder: new Float32Array(trials * networks.memorySize),
      last: noLastStep(encoding, trials),
      observation: new Float32Array(trials * encoding.observationSize),
    }),
    async act(state, { observation }, active, rng) {
      const trials = active.length;
      if (state.latent === undefined) {
        const seen = await look(options, encoding, steps, state, observation, rng);
        const explorer = mergeRows(state.explorer, seen.explorer.data as Float32Array, active);
        const decoder = mergeRows(state.decoder, seen.decoder.data as Float32Array, active);
        return { actions: choose(seen.values, state.last, rng), state: { ...state, explorer, decoder } };
      }
      const input = {
        theta: theta(),
        observation: hostArray([trials, encoding.observationSize], observation.slice()),
        z: hostArray([trials, latentSize], state.latent),
      };
      const { values } = await steps.execute.run(input, rng);
      return { actions: choose(values, state.last, rng), state };
    },
    observe: (state, actions, seen, active) => ({
      ...state,
      last: afterStep(state.last, encoding, actions, seen, active),
      observation: mergeRows(state.observation, seen.observation, active),
    }),
    endEpisode: (state) => ({ ...state, episode: state.episode + 1 }),
    async adapt(state, rng) {
      if (state.latent !== undefined || state.episode < state.protocol.explorationEpisodes) return state;
      const seen = await look(options, encoding, steps, state, state.observation, rng);
      const decoded = seen.latent.data as Float32Array;
      return { ...state, latent: practice?.latent(decoded, rng.split('latent')) ?? decoded.slice() };
    },
    dispose() {
      steps.explore.dispose();
      steps.execute.dispose();
    },
  };
}
