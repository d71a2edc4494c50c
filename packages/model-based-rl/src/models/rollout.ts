import type { Rng } from '@tasklearn/core';
import type { Tensor } from '@tensorflow/tfjs';
import * as tf from '@tensorflow/tfjs';
import { type Normalizer, normalize } from './normalizer.js';
import type { Predictor } from './predictor.js';

/** How uncertainty is carried along a roll-out. */
export interface RolloutOptions {
  /**
   * `mean`: each member follows its own mean prediction. `tsInfinity`: particles drawn from the predicted
   * distributions, each of one member throughout. `ts1`: particles dealt to the members anew at every step.
   */
  readonly sampling: 'mean' | 'tsInfinity' | 'ts1';
  /** Particles per group, p ≥ 1; 1 where `sampling` is `mean`. */
  readonly particles: number;
}

/** Roll-outs of all candidates of all trials, rows in an order of their own. */
export interface Rollout {
  /** s_0 .. s_H, [H + 1, G, R, O]. */
  readonly states: Tensor;
  /** a_0 .. a_{H−1}, [H, G, R, A]. */
  readonly actions: Tensor;
  /** Mean over members and particles of a number per row, [G, R] → [T, N]. */
  perCandidate(rows: Tensor): Tensor;
}

/** [T, N, W] → [G, R, W]: every trial's candidates for every particle. Order of rows: [M, p, T, N] or [T, p, N]. */
function spread(x: Tensor, { groups, perTrial }: Predictor, particles: number): Tensor {
  const [trials, candidates, width] = x.shape as [number, number, number];
  if (perTrial) {
    const rows = tf.tile(tf.expandDims(x, 1), [1, particles, 1, 1]); // [T, p, N, W]
    return tf.reshape(rows, [trials, particles * candidates, width]);
  }
  const rows = tf.tile(tf.expandDims(x, 0), [groups * particles, 1, 1, 1]); // [M p, T, N, W]
  return tf.reshape(rows, [groups, particles * trials * candidates, width]);
}

/** Standard normal numbers per group and particle, the same for all candidates, so that candidates compare alike. */
function particleNoise(shape: readonly number[], groups: number, particles: number, rng: Rng): Tensor {
  const [, rows, width] = shape as [number, number, number];
  const noise = tf.reshape(rng.normal([groups * particles, width]), [groups, particles, 1, width]);
  return tf.reshape(tf.tile(noise, [1, 1, rows / particles, 1]), [groups, rows, width]);
}

/** Deals all particles to the members anew: one random permutation of [M p] blocks of candidates. */
function deal(state: Tensor, particles: number, rng: Rng): Tensor {
  const [groups, rows, width] = state.shape as [number, number, number];
  const count = groups * particles;
  const { indices } = tf.topk(rng.uniform([count]), count);
  const blocks = tf.reshape(state, [count, rows / particles, width]);
  return tf.reshape(tf.gather(blocks, indices), [groups, rows, width]);
}

/**
 * Rolls candidate action sequences out of the trials' observations, all of them in one graph.
 *
 *     s_0 = observation;  s_{t+1} = s_t + Δ,  Δ ~ p(Δ | s_t, a_t)
 *
 * Noise and dealing are the same for all candidates (common random numbers): each candidate's own law is that of
 * independent draws, and their differences are less noisy.
 *
 * @param observations - [T, O].
 * @param candidates - actions as models take them, [T, N, H, A].
 * @returns roll-outs in the observation's units.
 * @see Chua, Calandra, McAllister, Levine. Deep Reinforcement Learning in a Handful of Trials using Probabilistic
 * Dynamics Models. NeurIPS 2018, section 5. arXiv:1805.12114.
 */
export function rollout(
  predictor: Predictor,
  normalizer: Normalizer,
  observations: Tensor,
  candidates: Tensor,
  options: RolloutOptions,
  rng: Rng,
): Rollout {
  const [trials, count, horizon, width] = candidates.shape as [number, number, number, number];
  const size = observations.shape[1] as number;
  const particles = options.sampling === 'mean' ? 1 : options.particles;
  const { observationMean, observationScale, actionMean, actionScale, changeMean, changeScale } = normalizer;
  const everywhere = (x: Tensor) => spread(tf.tile(tf.expandDims(x, 1), [1, count, 1]), predictor, particles); // [G, R, W]
  const flat = spread(tf.reshape(candidates, [trials, count, horizon * width]), predictor, particles);
  const [groups, rows] = flat.shape as [number, number, number];
  const actions = tf.transpose(tf.reshape(flat, [groups, rows, horizon, width]), [2, 0, 1, 3]); // [H, G, R, A]
  const controls = tf.unstack(normalize(actions, actionMean, actionScale)); // H of [G, R, A]
  const [gain, drift] = [tf.div(changeScale, observationScale), tf.div(changeMean, observationScale)]; // [O]

  let state = everywhere(normalize(observations, observationMean, observationScale)); // [G, R, O]
  let memory = predictor.memory === undefined ? undefined : everywhere(predictor.memory);
  const states = [state];
  for (const [step, control] of controls.entries()) {
    const stream = rng.split(step);
    if (options.sampling === 'ts1' && !predictor.perTrial && groups * particles > 1)
      state = deal(state, particles, stream.split('deal'));
    const next = predictor.predict(tf.concat([state, control], -1), memory);
    let change = next.mean;
    if (options.sampling !== 'mean' && next.logVariance !== undefined) {
      const noise = particleNoise([groups, rows, size], groups, particles, stream.split('noise'));
      change = tf.add(change, tf.mul(tf.exp(tf.mul(next.logVariance, 0.5)), noise));
    }
    state = tf.add(tf.add(state, tf.mul(change, gain)), drift);
    memory = next.memory;
    states.push(state);
  }
  return {
    states: tf.add(tf.mul(tf.stack(states), observationScale), observationMean), // [H + 1, G, R, O]
    actions,
    perCandidate: (values) =>
      predictor.perTrial
        ? tf.mean(tf.reshape(values, [trials, particles, count]), 1)
        : tf.reshape(tf.mean(tf.reshape(values, [groups * particles, trials * count]), 0), [trials, count]),
  };
}
