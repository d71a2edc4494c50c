import type { Scalar, Tensor } from '@tensorflow/tfjs';
import * as tf from '@tensorflow/tfjs';
import type { BeliefParts } from './belief-settings.js';
import type { Judgement } from './expert.js';
import type { ChangePointTheta, FeatureNetwork } from './feature-network.js';
import { advanceRuns, fixedHazard, type LogHazard, learnedHazard, normalizedRuns } from './run-lengths.js';
import { grownStatistics, resetStatistics } from './statistics.js';

/** B stretches of T items each. */
export type Series<Leaf = Tensor> = {
  /** [B, T, ...]. */
  readonly inputs: Leaf;
  /** [B, T] classes, or [B, T, ...]. */
  readonly targets: Leaf;
  /** [B, T], 1 where a segment begins. Read by `told` alone. */
  readonly switches: Leaf;
};

/** Items [B, ...] of all stretches at time t. */
function at(series: Tensor, t: number): Tensor {
  const [streams, , ...rest] = series.shape as [number, number, ...number[]];
  const start = [0, t, ...rest.map(() => 0)];
  return tf.slice(series, start, [streams, 1, ...rest]).reshape([streams, ...rest]);
}

/** λ of θ, learnt or not. */
export function hazardOf({ hazard }: ChangePointTheta, parts: BeliefParts): LogHazard {
  return parts.learnHazard ? learnedHazard(hazard) : fixedHazard(parts.hazard);
}

/** log b after an input is seen: b(r) p(x | η_r), normalised. */
export function weighedByInput(logRuns: Tensor, logInputs: Tensor | undefined): Tensor {
  return logInputs === undefined ? logRuns : normalizedRuns(logRuns.add(logInputs));
}

/** What one way of believing does at time t, and the log-probability that it gave the target, [B]. */
type Walk = (features: Tensor, targets: Tensor, switched: Tensor) => Tensor;

function runLengthWalk(
  { expert }: FeatureNetwork,
  theta: ChangePointTheta,
  hazard: LogHazard,
  streams: number,
): Walk {
  const prior = expert.prior(theta.expert, streams);
  let statistics = prior;
  let logRuns: Tensor = tf.zeros([streams, 1]);
  return (features, targets) => {
    const judged = expert.observe(theta.expert, statistics, features, targets);
    const seen = weighedByInput(logRuns, judged.logInputs);
    const next = advanceRuns(seen, judged.logTargets, hazard);
    statistics = grownStatistics(prior, judged.statistics);
    logRuns = next.logRuns;
    return next.logEvidence;
  };
}

function singleWalk(
  { expert }: FeatureNetwork,
  theta: ChangePointTheta,
  resets: boolean,
  streams: number,
): Walk {
  const prior = expert.prior(theta.expert, streams);
  let statistics = prior;
  return (features, targets, switched) => {
    if (resets) statistics = resetStatistics(statistics, prior, switched);
    const judged = expert.observe(theta.expert, statistics, features, targets);
    statistics = judged.statistics;
    return judged.logTargets.reshape([streams]);
  };
}

/** Times t − lag of every stretch, zeros before its beginning: [B · T, ...]. */
function lagged(series: Tensor, lag: number): Tensor {
  const [streams, length, ...rest] = series.shape as [number, number, ...number[]];
  const kept = Math.max(0, length - lag);
  const missing = tf.zeros([streams, length - kept, ...rest], series.dtype as 'float32');
  const earlier = tf.slice(series, [0, 0, ...rest.map(() => 0)], [streams, kept, ...rest]);
  return tf.concat([missing, earlier], 1).reshape([streams * length, ...rest]);
}

/** log p of every target after the `window` items before it, all times at once: [B · T]. */
function windowed(
  { expert }: FeatureNetwork,
  theta: ChangePointTheta,
  features: Tensor,
  targets: Tensor,
  window: number,
): Tensor {
  const [streams, length] = features.shape as [number, number];
  const present = tf.ones([streams, length]);
  let statistics = expert.prior(theta.expert, streams * length);
  for (let lag = Math.min(window, length - 1); lag >= 1; lag -= 1) {
    const [z, y, mask] = [lagged(features, lag), lagged(targets, lag), lagged(present, lag)];
    statistics = expert.observe(theta.expert, statistics, z, y, mask).statistics;
  }
  const [z, y] = [lagged(features, 0), lagged(targets, 0)];
  const judged: Judgement = expert.observe(theta.expert, statistics, z, y);
  return judged.logTargets.reshape([streams * length]);
}

/**
 * The meta-loss: mean −log p(y_t | x_t, all before) over B stretches of T items, every stretch begun from the prior. Differentiable
 * through time into features, prior, noise and hazard.
 *
 * @returns [].
 */
export function seriesLoss(
  network: FeatureNetwork,
  theta: ChangePointTheta,
  { inputs, targets, switches }: Series,
  parts: BeliefParts,
): Scalar {
  const features = network.features(theta, inputs); // [B, T, F]
  const [streams, length] = features.shape as [number, number];
  if (parts.belief === 'nothing' || parts.belief === 'window') {
    const window = parts.belief === 'nothing' ? 0 : parts.window;
    return tf.neg(windowed(network, theta, features, targets, window).mean()) as Scalar;
  }
  const walk =
    parts.belief === 'runLength'
      ? runLengthWalk(network, theta, hazardOf(theta, parts), streams)
      : singleWalk(network, theta, parts.belief === 'told', streams);
  const logs: Tensor[] = [];
  for (let t = 0; t < length; t += 1) logs.push(walk(at(features, t), at(targets, t), at(switches, t)));
  return tf.neg(tf.stack(logs).mean()) as Scalar;
}
