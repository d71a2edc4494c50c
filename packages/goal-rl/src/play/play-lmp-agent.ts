import {
  type ControlAgent,
  type ControlAgentContext,
  type Executor,
  type HostTensor,
  type Rng,
  TasklearnError,
  type Tree,
  type TreeSpec,
  unflattenTree,
} from '@tasklearn/core';
import type { Parameters } from '@tasklearn/nn';
import { compiledActor, observationSizeOf, parameterSpec } from '@tasklearn/rl';
import type { Tensor } from '@tensorflow/tfjs';
import * as tf from '@tensorflow/tfjs';
import { normalizeInPlace } from '../learners/observation-normalizer.js';
import { type LatentPlanModel, latentPlanModel } from './latent-plan-model.js';
import type { PlayLmpOptions } from './play-lmp-options.js';

/** What an agent keeps of T trials. */
export interface PlayLmpTaskState {
  /** Stream of the trials. */
  readonly rng: Rng;
  readonly episode: number;
  /** Steps made in this episode. */
  readonly step: number;
  /** Plan of each trial, [T * Z]. */
  readonly plans: Float32Array;
}

/** What agents act with. */
type AgentParameters = {
  readonly decoder: HostTensor;
  readonly prior: HostTensor;
  readonly normalization: HostTensor;
};

type PlanInput = { readonly prior: Tensor; readonly observations: Tensor; readonly noise: Tensor };

/** z = μ + σ ε of p(z|s_c, s_g), [1, T, Z]; recordable. */
function drawPlans(model: LatentPlanModel, structure: TreeSpec) {
  return ({ prior, observations, noise }: PlanInput) => {
    const parameters = unflattenTree<Parameters>(prior, structure);
    const [mean, logDeviation] = tf.split(model.prior(parameters, observations).numbers, 2, -1) as [
      Tensor,
      Tensor,
    ];
    return { plans: mean.add(tf.exp(logDeviation).mul(noise)) };
  };
}

/** @throws `SHAPE_MISMATCH` unless the parameters are of this model. */
function assertParameters(parameters: Tree<HostTensor>, sizes: { decoder: number; prior: number }) {
  const { decoder, prior } = parameters as Partial<AgentParameters>;
  if (decoder?.data.length === sizes.decoder && prior?.data.length === sizes.prior) return;
  throw new TasklearnError(
    'SHAPE_MISMATCH',
    `play-lmp.openAgent: expected parameters { decoder: [${sizes.decoder}], prior: [${sizes.prior}], normalization }, got ${JSON.stringify([decoder?.shape, prior?.shape])}. ` +
      'They must come from a training with the same options on the same observations and actions.',
    { expected: sizes, received: [decoder?.shape, prior?.shape] },
  );
}

/** Acting of a decoder with plans, one compiled step for each number of trials. */
function openDecoder(model: LatentPlanModel, observationSize: number, executor: Executor) {
  const structure = parameterSpec(model.decoder.init);
  const actors = new Map<number, ReturnType<typeof compiledActor>>();
  return {
    size: structure.size,
    actorFor(copies: number) {
      const options = { copies, observationSize, choice: 'mode' } as const;
      const actor = actors.get(copies) ?? compiledActor(model.decoder, structure, executor, options);
      actors.set(copies, actor);
      return actor;
    },
    dispose() {
      for (const actor of actors.values()) actor.dispose();
      actors.clear();
    },
  };
}

/**
 * Agents that draw a plan from the prior every so many steps, of where they are and what is wanted, and act by the decoder's mode under
 * it.
 */
export function openPlayLmpAgent(
  options: PlayLmpOptions,
  given: Tree<HostTensor>,
  { spec, executor }: ControlAgentContext,
): ControlAgent<PlayLmpTaskState> {
  const model = latentPlanModel(spec, options);
  const { priorStructure } = model;
  const size = observationSizeOf(spec);
  const decoder = openDecoder(model, size, executor);
  assertParameters(given, { decoder: decoder.size, prior: priorStructure.size });
  const parameters = given as unknown as AgentParameters;
  const planning = executor.prepare<PlanInput, { plans: Tensor }>(drawPlans(model, priorStructure), {
    name: 'play-lmp plan',
  });
  const { latentSize, replanEvery } = options;

  const planned = async (state: PlayLmpTaskState, observation: Float32Array): Promise<Float32Array> => {
    if (state.step % replanEvery !== 0) return state.plans;
    const trials = observation.length / size;
    const noise = new Float32Array(trials * latentSize);
    const stream = state.rng.split(state.episode).split(state.step);
    for (let trial = 0; trial < trials; trial += 1) {
      const own = stream.split(trial);
      for (let index = 0; index < latentSize; index += 1) noise[trial * latentSize + index] = own.gaussian();
    }
    const { plans } = await planning.run(
      {
        prior: parameters.prior,
        observations: { dtype: 'float32', shape: [1, trials, size], data: observation },
        noise: { dtype: 'float32', shape: [1, trials, latentSize], data: noise },
      },
      stream,
    );
    return (plans.data as Float32Array).slice();
  };

  return {
    beginTrials: (trials, _protocol, rng) => ({
      rng,
      episode: 0,
      step: 0,
      plans: new Float32Array(trials * latentSize),
    }),
    async act(state, steps, _active, rng) {
      const observation = steps.observation.slice();
      normalizeInPlace(observation, parameters.normalization.data as Float32Array);
      const plans = await planned(state, observation);
      const actor = decoder.actorFor(steps.stepType.length);
      actor.setParameters(parameters.decoder.data as Float32Array, plans);
      const { actions } = await actor.act({ ...steps, observation }, rng);
      return { actions, state: { ...state, plans, step: state.step + 1 } };
    },
    observe: (state) => state,
    endEpisode: (state) => ({ ...state, episode: state.episode + 1, step: 0 }),
    adapt: (state) => Promise.resolve(state),
    dispose() {
      decoder.dispose();
      planning.dispose();
    },
  };
}
