import {
  type ControlAgent,
  type ControlAgentContext,
  type HostTensor,
  type Rng,
  type TreeSpec,
  type TrialProtocol,
  unflattenTree,
} from '@tasklearn/core';
import type { Tensor } from '@tensorflow/tfjs';
import { hostArray } from '../networks/flat-update.js';
import { persistentGreedy } from '../trials/persistent-greedy.js';
import { addToTrialBatch, copyTrialBatch, createTrialBatch, type TrialBatch } from '../trials/trial-batch.js';
import { afterStep, type LastStep, noLastStep } from '../trials/trial-inputs.js';
import { type ContextLayout, contextOfTrials } from './context-set.js';
import { type PearlParameters, type PearlParts, splitContext } from './pearl-update.js';
import { samplePosterior } from './product-encoder.js';

/** What an agent keeps during a trial: what it has seen of its task, and the z that it acts by. */
export interface PearlTaskState {
  /** Everything seen in the trial. */
  readonly seen: TrialBatch;
  /** [T, Z], one draw per episode. */
  readonly latent: Float32Array;
  readonly last: LastStep;
  /** What each copy acted on, [T, O]. */
  readonly before: Float32Array;
  /** Episodes that have ended. */
  readonly episodes: number;
}

/** What training changes about an agent. */
export interface PearlPractice {
  /** Probability of a random action; discrete actions. */
  epsilon(): number;
  readonly persistence: number;
  /** Whether z of the next episode comes from the prior, whatever was seen. */
  fromPrior(): boolean;
  /** Whether the encoder sees rewards as they are, whatever the threshold. */
  dense(): boolean;
}

/** What {@link pearlAgent} acts with. */
export interface PearlAgentOptions {
  /** θ at the time of each action, [P]. */
  readonly theta: () => HostTensor;
  readonly treeSpec: TreeSpec;
  readonly parts: PearlParts;
  readonly layout: ContextLayout;
  readonly context: ControlAgentContext;
  readonly practice?: PearlPractice;
}

function standardNormal(count: number, rng: Rng): Float32Array {
  return Float32Array.from({ length: count }, () => rng.gaussian());
}

function prepareSteps({ treeSpec, parts, context }: PearlAgentOptions) {
  const parametersOf = (theta: Tensor) => unflattenTree(theta, treeSpec) as unknown as PearlParameters;
  return {
    act: context.executor.prepare(
      (input: { readonly theta: Tensor; readonly observation: Tensor; readonly z: Tensor }, rng: Rng) => ({
        found: parts.control.act(parametersOf(input.theta).control, input.observation, input.z, rng),
      }),
      { name: 'pearl act' },
    ),
    infer: context.executor.prepare(
      (input: { readonly theta: Tensor; readonly context: Tensor }, rng: Rng) => {
        const [features, mask] = splitContext(input.context);
        const posterior = parts.encoder.infer(parametersOf(input.theta).encoder, features, mask);
        return { z: samplePosterior(posterior, rng) };
      },
      { name: 'pearl infer' },
    ),
  };
}

/** The drawn, or for tests the most probable, half of [T, 2A]. */
function halfOf(found: HostTensor, size: number, drawn: boolean): Float32Array {
  const trials = found.shape[0] as number;
  const actions = new Float32Array(trials * size);
  for (let trial = 0; trial < trials; trial += 1) {
    const from = trial * 2 * size + (drawn ? 0 : size);
    actions.set((found.data as Float32Array).subarray(from, from + size), trial * size);
  }
  return actions;
}

/**
 * Posterior sampling: z is drawn for every episode from q(z | everything seen in the trial), N(0, I) at its start, and
 * held; parameters do not change. Tests act by the most probable action of each z.
 */
export function pearlAgent(options: PearlAgentOptions): ControlAgent<PearlTaskState> {
  const { theta, parts, layout, practice, context } = options;
  const { encoding } = layout;
  const { latentSize } = parts.options;
  const { spec } = context;
  const steps = prepareSteps(options);
  const choose = (found: HostTensor, last: LastStep, rng: Rng) =>
    encoding.discrete
      ? persistentGreedy(found.data, last, {
          epsilon: practice?.epsilon() ?? 0,
          persistence: practice?.persistence ?? 0,
          rng: rng.split('choice'),
        })
      : halfOf(found, encoding.actionSize, practice !== undefined);
  return {
    beginTrials(trials, protocol: TrialProtocol, rng) {
      const episodes = protocol.explorationEpisodes + protocol.executionEpisodes;
      return {
        seen: createTrialBatch(spec, trials, episodes * spec.horizon),
        latent: standardNormal(trials * latentSize, rng.split('latent')),
        last: noLastStep(encoding, trials),
        before: new Float32Array(trials * encoding.observationSize),
        episodes: 0,
      };
    },
    async act(state, { observation }, active, rng) {
      const before = observation.slice();
      const input = {
        theta: theta(),
        observation: hostArray([active.length, encoding.observationSize], before),
        z: hostArray([active.length, latentSize], state.latent),
      };
      const { found } = await steps.act.run(input, rng);
      return { actions: choose(found, state.last, rng), state: { ...state, before } };
    },
    observe(state, actions, shown, active) {
      const seen = copyTrialBatch(state.seen);
      addToTrialBatch(seen, state.before, actions, shown, active, 0);
      return { ...state, seen, last: afterStep(state.last, encoding, actions, shown, active) };
    },
    endEpisode: (state) => ({ ...state, episodes: state.episodes + 1 }),
    async adapt(state, rng) {
      const { copies, length } = state.seen;
      if (practice?.fromPrior() ?? state.episodes < parts.options.testPriorEpisodes)
        return { ...state, latent: standardNormal(copies * latentSize, rng.split('latent')) };
      const shape = [copies, length, layout.features + 1];
      const shown = practice?.dense() === true ? { ...layout, threshold: null } : layout;
      const set = hostArray(shape, contextOfTrials(shown, state.seen));
      const { z } = await steps.infer.run({ theta: theta(), context: set }, rng);
      return { ...state, latent: (z.data as Float32Array).slice() };
    },
    dispose() {
      steps.act.dispose();
      steps.infer.dispose();
    },
  };
}
