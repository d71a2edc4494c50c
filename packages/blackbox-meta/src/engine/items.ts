import type { EpisodeSpec, LabelledSet } from '@tasklearn/core';
import { type Model, oneHot, type Parameters } from '@tasklearn/nn';
import type { Tensor } from '@tensorflow/tfjs';
import * as tf from '@tensorflow/tfjs';

/** Numbers of a label as a network reads it. */
export function labelSize({ target, ways }: EpisodeSpec): number {
  if (target.kind === 'classification') return ways ?? target.classes;
  return target.shape.reduce((product, length) => product * length, 1);
}

/** Inputs as vectors, [T, B, D]: embedded, or as they are, flat. */
export function embedded(model: Model | undefined, parameters: Parameters, inputs: Tensor): Tensor {
  if (model !== undefined) return model.apply(parameters, inputs);
  const [tasks = 1, items = 1] = inputs.shape;
  return inputs.reshape([tasks, items, inputs.size / (tasks * items)]);
}

/** D of {@link embedded} for episodes of a spec. */
export function embeddingWidth(model: Model | undefined, parameters: Parameters, spec: EpisodeSpec): number {
  return tf.tidy(() => embedded(model, parameters, tf.zeros([1, 1, ...spec.input.shape])).shape[2] as number);
}

/** Episodes of the images alone, where the last row of an input is a label. */
export function withoutLabelRow(spec: EpisodeSpec): EpisodeSpec {
  const [height, width, channels] = spec.input.shape as [number, number, number];
  return { ...spec, input: { ...spec.input, shape: [height - 1, width, channels] } };
}

/** Images [T, B, H − 1, W, 1] and the first N numbers of their last rows, [T, B, N]. */
export function splitLabelRow(
  inputs: Tensor,
  spec: EpisodeSpec,
): { readonly images: Tensor; readonly labels: Tensor } {
  const [tasks, items, height, width] = inputs.shape as [number, number, number, number];
  const size = labelSize(spec);
  return {
    images: tf.slice(inputs, [0, 0, 0, 0, 0], [tasks, items, height - 1, width, 1]),
    labels: tf
      .slice(inputs, [0, 0, height - 1, 0, 0], [tasks, items, 1, size, 1])
      .reshape([tasks, items, size]),
  };
}

/** (x_t, y_t) of labelled items, [T, S, D + N]. */
export function withLabels(x: Tensor, { targets }: LabelledSet, spec: EpisodeSpec): Tensor {
  const [tasks = 1, items = 1] = x.shape;
  const labels =
    spec.target.kind === 'classification'
      ? oneHot(targets, labelSize(spec))
      : targets.reshape([tasks, items, labelSize(spec)]);
  return tf.concat([x, labels], 2);
}

/** Raw outputs [T, Q, out] in the shape that the loss of a regression compares with its targets. */
export function shapedOutputs(raw: Tensor, spec: EpisodeSpec): Tensor {
  if (spec.target.kind === 'classification' || spec.loss === 'gaussian') return raw;
  return raw.reshape([...raw.shape.slice(0, 2), ...spec.target.shape]);
}
