import type { ControlSpec, Rng } from '@tasklearn/core';
import type { ActivationName, Parameters } from '@tasklearn/nn';
import type { Tensor } from '@tensorflow/tfjs';
import type { ActionDistribution, ActionHead } from '../policies/action-distribution.js';
import type { Policy, ValueFunction } from '../policies/policy.js';
import { actionHeadFor, observationSizeOf, type PolicyOptions, policyFor } from '../policies/policy-for.js';
import { recurrentPolicy } from '../policies/recurrent-policy.js';
import { valueFunctionFor } from '../policies/value-function-for.js';

/** Parameters of parts that have parameters of their own. */
export type ActorCriticParameters = {
  readonly [part: string]: Parameters | { readonly [name: string]: Tensor };
};

/** What an actor-critic says of a batch. */
export interface ActorCriticOutput {
  /** π over [T, B · L]. */
  readonly distribution: ActionDistribution;
  /** V, [T, B · L]. */
  readonly values: Tensor;
  /** Memory after each step, [T, B, L, S]; absent without memory. */
  readonly states?: Tensor;
}

/** Sequences to be judged; without memory only `observations` matters. */
export interface ActorCriticInput {
  /** [T, B, L, O]. */
  readonly observations: Tensor;
  /** Memory before the first step, [T, B, S]. Default empty. */
  readonly state?: Tensor;
  /** 1 where an episode begins, [T, B, L]. Default nowhere. */
  readonly resets?: Tensor;
}

/** A policy and a value function, with or without a memory, as one pure function of one tree of parameters. */
export interface ActorCritic {
  readonly head: ActionHead;
  readonly inputSize: number;
  /** S; 0 without memory. */
  readonly stateSize: number;
  /** Shared parameters. The caller disposes. */
  init(rng: Rng): ActorCriticParameters;
  /** π and V over a batch of sequences. */
  evaluate(parameters: ActorCriticParameters, input: ActorCriticInput): ActorCriticOutput;
  /**
   * π alone, from parameters that need hold no more than the policy's: leaves may carry the task axis.
   *
   * @param observations - [T, B, L, O].
   */
  policyOf(parameters: ActorCriticParameters, observations: Tensor): ActionDistribution;
}

/** A policy and a value function without memory, each with its own network. */
export function separateActorCritic(policy: Policy, value: ValueFunction, inputSize: number): ActorCritic {
  return {
    head: policy.head,
    inputSize,
    stateSize: 0,
    init: (rng) => ({
      policy: policy.init(rng.split('policy')) as never,
      value: value.init(rng.split('value')) as never,
    }),
    evaluate(parameters, { observations }) {
      const [tasks, items, length] = observations.shape as [number, number, number];
      const flat = observations.reshape([tasks, items * length, inputSize]);
      return {
        distribution: policy.apply(parameters.policy as Parameters, flat),
        values: value.apply(parameters.value as Parameters, flat),
      };
    },
    policyOf(parameters, observations) {
      const [tasks, items, length] = observations.shape as [number, number, number];
      const flat = observations.reshape([tasks, items * length, inputSize]);
      return policy.apply(parameters.policy as Parameters, flat);
    },
  };
}

/** Options of the networks of an actor-critic; JSON. */
export type ActorCriticOptions = {
  /** Units of each hidden layer of policy and value function. */
  readonly hidden: readonly number[];
  readonly activation: ActivationName;
  /** Family of continuous actions. */
  readonly family: 'gaussian' | 'tanhGaussian';
  /** Whether σ is a parameter or an output. */
  readonly deviation: 'parameter' | 'network';
  /** log σ at the start. */
  readonly initialLogDeviation: number;
  /** A recurrent cell shared by policy and value; `none` for two perceptrons. */
  readonly memory: 'none' | 'gru' | 'lstm' | 'rnn';
  /** Units of the cell. Its encoder has `hidden[0]` units. */
  readonly memorySize: number;
};

/** Two perceptrons of 64-64 tanh units. */
export const actorCriticDefaults: ActorCriticOptions = {
  hidden: [64, 64],
  activation: 'tanh',
  family: 'gaussian',
  deviation: 'parameter',
  initialLogDeviation: 0,
  memory: 'none',
  memorySize: 64,
};

/** The actor-critic that options describe, for an environment. */
export function actorCriticFor(spec: ControlSpec, options: ActorCriticOptions): ActorCritic {
  const { hidden, activation, memory } = options;
  const inputSize = observationSizeOf(spec);
  if (memory === 'none') {
    const policyOptions: PolicyOptions = options;
    return separateActorCritic(
      policyFor(spec, policyOptions),
      valueFunctionFor(spec, { hidden, activation }),
      inputSize,
    );
  }
  const policy = recurrentPolicy({
    inputSize,
    head: actionHeadFor(spec, options),
    cell: memory,
    size: options.memorySize,
    encoder: hidden[0] ?? 0,
    deviation: options.deviation,
    initialLogDeviation: options.initialLogDeviation,
  });
  return recurrentActorCritic(policy);
}

/** A recurrent policy with a value, seen as an actor-critic. */
export function recurrentActorCritic(policy: ReturnType<typeof recurrentPolicy>): ActorCritic {
  return {
    head: policy.head,
    inputSize: policy.inputSize,
    stateSize: policy.stateSize,
    init: (rng) => policy.init(rng),
    evaluate(parameters, { observations, state, resets }) {
      const { distribution, value, states } = policy.unroll(parameters as Parameters, observations, {
        ...(state === undefined ? {} : { state }),
        ...(resets === undefined ? {} : { resets }),
      });
      return { distribution, values: value as Tensor, states };
    },
    policyOf: (parameters, observations) =>
      policy.unroll(parameters as Parameters, observations).distribution,
  };
}
