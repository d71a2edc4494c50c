import type { ControlAgent, ControlAgentContext, HostTensor, Prepared, TrialProtocol } from '@tasklearn/core';
import type { Tensor } from '@tensorflow/tfjs';
import { hostArray, hostNumber } from '../networks/flat-update.js';
import { addToTrialBatch, copyTrialBatch, createTrialBatch, type TrialBatch } from '../trials/trial-batch.js';
import { rateOf } from './inner-step.js';
import { type AdaptInput, actFunction, adaptFunction, type MamlSetting } from './maml-functions.js';
import { type EpisodeSource, writePolicyRows } from './policy-episodes.js';

/** What an agent of MAML keeps during a trial: its parameters, and the episodes since it last changed them. */
export interface MamlTaskState {
  /** φ, [T, P]. */
  readonly parameters: Float32Array;
  readonly protocol: TrialProtocol;
  /** Episodes that have ended. */
  readonly episode: number;
  /** Gradient steps taken. */
  readonly steps: number;
  /** Episodes since the last gradient step, each with one copy per trial; the last one is under way. */
  readonly episodes: readonly TrialBatch[];
  /** What each copy acted on, [T, O]. */
  readonly before: Float32Array;
}

/** θ of all tasks on the host, [T, P]. */
export function tiledTheta(theta: HostTensor, tasks: number): Float32Array {
  const size = theta.data.length;
  const tiled = new Float32Array(tasks * size);
  for (let task = 0; task < tasks; task += 1) tiled.set(theta.data, task * size);
  return tiled;
}

type Adapt = Prepared<AdaptInput, { readonly phi: Tensor }>;

async function gradientStep(
  { layout, options, treeSpec }: MamlSetting,
  state: MamlTaskState,
  adapt: Adapt,
  rng: Parameters<Adapt['run']>[1],
): Promise<Float32Array> {
  const trials = state.parameters.length / treeSpec.size;
  const items = layout.episodes * layout.horizon;
  const rows = new Float32Array(trials * items * layout.width);
  for (let trial = 0; trial < trials; trial += 1) {
    const sources = state.episodes.map((batch): EpisodeSource => ({ batch, copy: trial }));
    writePolicyRows(rows, trial, layout, sources, options);
  }
  const found = await adapt.run(
    {
      phi: hostArray([trials, treeSpec.size], state.parameters),
      rows: hostArray([trials, items, layout.width], rows),
      rate: hostNumber(rateOf(options, state.steps)),
    },
    rng,
  );
  return (found.phi.data as Float32Array).slice();
}

/**
 * Acts by its own parameters in every trial; after every `episodesPerStep` episodes, and when exploration ends, they take
 * one step of policy gradient on those episodes.
 */
export function mamlAgent(
  setting: MamlSetting,
  theta: HostTensor,
  { spec, executor }: ControlAgentContext,
): ControlAgent<MamlTaskState> {
  const { layout, treeSpec } = setting;
  const act = executor.prepare(actFunction(setting), { name: 'maml act' });
  const adapt: Adapt = executor.prepare(adaptFunction(setting), { name: 'maml adapt' });
  const empty = (trials: number) => createTrialBatch(spec, trials, layout.horizon);
  return {
    beginTrials: (trials, protocol) => ({
      parameters: tiledTheta(theta, trials),
      protocol,
      episode: 0,
      steps: 0,
      episodes: [empty(trials)],
      before: new Float32Array(trials * layout.observationSize),
    }),
    async act(state, { observation }, active, rng) {
      const trials = active.length;
      const before = observation.slice();
      const input = {
        phi: hostArray([trials, treeSpec.size], state.parameters),
        observation: hostArray([trials, 1, layout.observationSize], before),
      };
      const { actions } = await act.run(input, rng);
      return { actions: Float32Array.from(actions.data), state: { ...state, before } };
    },
    observe(state, actions, steps, active) {
      const current = copyTrialBatch(state.episodes.at(-1) as TrialBatch);
      addToTrialBatch(current, state.before, actions, steps, active, 0);
      return { ...state, episodes: [...state.episodes.slice(0, -1), current] };
    },
    endEpisode: (state) => ({ ...state, episode: state.episode + 1 }),
    async adapt(state, rng) {
      const trials = state.parameters.length / treeSpec.size;
      const { explorationEpisodes } = state.protocol;
      const full = state.episodes.length === layout.episodes || state.episode === explorationEpisodes;
      if (!full) return { ...state, episodes: [...state.episodes, empty(trials)] };
      const parameters = await gradientStep(setting, state, adapt, rng);
      return { ...state, parameters, steps: state.steps + 1, episodes: [empty(trials)] };
    },
    dispose() {
      act.dispose();
      adapt.dispose();
    },
  };
}
