import {
  type ControlAgent,
  type ControlAgentContext,
  type HostTensor,
  type TreeSpec,
  unflattenTree,
} from '@tasklearn/core';
import type { Tensor } from '@tensorflow/tfjs';
import { hostArray } from '../networks/flat-update.js';
import { mergeRows } from '../networks/merge-rows.js';
import { stepEncoding } from '../networks/step-encoding.js';
import { afterStep, inputsNow, type LastStep, noLastStep, trialInputSize } from '../trials/trial-inputs.js';
import { type RecurrentActorCritic, recurrentActorCritic } from './recurrent-actor-critic.js';
import type { Rl2Options } from './rl2-options.js';

/** What an agent of `rl2` keeps during a trial: its memory and its last step. Parameters never change. */
export interface Rl2TaskState {
  /** [T, S]. */
  readonly memory: Float32Array;
  readonly last: LastStep;
}

type ActInput<Leaf = Tensor> = { readonly theta: Leaf; readonly x: Leaf; readonly memory: Leaf };
type ActOutput = { readonly actions: Tensor; readonly memory: Tensor };

/** The network of a specification. */
export function rl2Network(spec: ControlAgentContext['spec'], options: Rl2Options): RecurrentActorCritic {
  return recurrentActorCritic(spec, { ...options, inputSize: trialInputSize(stepEncoding(spec)) });
}

/** What {@link rl2Agent} acts with. */
export interface Rl2AgentOptions {
  /** θ at the time of each action, [P]: constant at test, replaced by training. */
  readonly theta: () => HostTensor;
  readonly treeSpec: TreeSpec;
  readonly context: ControlAgentContext;
  readonly options: Rl2Options;
}

/** An agent whose only change within a trial is its memory. */
export function rl2Agent({ theta, treeSpec, context, options }: Rl2AgentOptions): ControlAgent<Rl2TaskState> {
  const encoding = stepEncoding(context.spec);
  const network = rl2Network(context.spec, options);
  const { stateSize } = network;
  const act = context.executor.prepare<ActInput, ActOutput>(
    (input, rng) => {
      const tree = unflattenTree(input.theta, treeSpec);
      const { actions, state } = network.step(tree, input.x, input.memory);
      return { actions: actions.sample(rng), memory: state };
    },
    { name: 'rl2 act' },
  );
  return {
    beginTrials: (trials) => ({
      memory: new Float32Array(trials * stateSize),
      last: noLastStep(encoding, trials),
    }),
    async act(state, steps, active, rng) {
      const trials = active.length;
      const x = hostArray(
        [trials, trialInputSize(encoding)],
        inputsNow(encoding, steps.observation, state.last),
      );
      const input = { theta: theta(), x, memory: hostArray([trials, stateSize], state.memory) };
      const found = await act.run(input, rng);
      const memory = mergeRows(state.memory, found.memory.data as Float32Array, active);
      return { actions: Float32Array.from(found.actions.data), state: { ...state, memory } };
    },
    observe: (state, actions, steps, active) => ({
      ...state,
      last: afterStep(state.last, encoding, actions, steps, active),
    }),
    endEpisode: (state) => state,
    adapt: async (state) => state,
    dispose: () => act.dispose(),
  };
}
