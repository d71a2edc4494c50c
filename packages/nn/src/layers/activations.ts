import { TasklearnError } from '@tasklearn/core';
import type { Tensor } from '@tensorflow/tfjs';
import * as tf from '@tensorflow/tfjs';

/** Elementwise non-linearities known by name, so that options stay JSON. */
export type ActivationName =
  | 'identity'
  | 'relu'
  | 'leakyRelu'
  | 'elu'
  | 'gelu'
  | 'swish'
  | 'tanh'
  | 'sigmoid'
  | 'softplus';

/** max(x, 0). */
export function relu(x: Tensor): Tensor {
  return tf.relu(x);
}

/** x where x > 0, else slope · x; as relu(x) − slope · relu(−x), which is right to every order. */
export function leakyRelu(x: Tensor, slope = 0.01): Tensor {
  return tf.sub(tf.relu(x), tf.relu(tf.neg(x)).mul(slope));
}

/** x where x > 0, else eˣ − 1; as relu(x) + e^{−relu(−x)} − 1, which never overflows. */
export function elu(x: Tensor): Tensor {
  return tf
    .relu(x)
    .add(tf.exp(tf.relu(tf.neg(x)).neg()))
    .sub(1);
}

/** x Φ(x), Φ the standard normal distribution function. Hendrycks, Gimpel, 2016, arXiv:1606.08415. */
export function gelu(x: Tensor): Tensor {
  return tf.erf(x.mul(Math.SQRT1_2)).add(1).mul(x).mul(0.5);
}

/** x σ(x). Ramachandran, Zoph, Le, 2017, arXiv:1710.05941. */
export function swish(x: Tensor): Tensor {
  return x.mul(tf.sigmoid(x));
}

/** tanh x. */
export function tanh(x: Tensor): Tensor {
  return tf.tanh(x);
}

/** σ(x) = 1 / (1 + e⁻ˣ). */
export function sigmoid(x: Tensor): Tensor {
  return tf.sigmoid(x);
}

/** log(1 + eˣ). */
export function softplus(x: Tensor): Tensor {
  return tf.softplus(x);
}

const activations: Readonly<Record<ActivationName, (x: Tensor) => Tensor>> = {
  identity: (x) => x,
  relu,
  leakyRelu: (x) => leakyRelu(x),
  elu,
  gelu,
  swish,
  tanh,
  sigmoid,
  softplus,
};

/**
 * The activation of a name.
 *
 * @throws `INVALID_OPTION` for a name that is none of {@link ActivationName}.
 */
export function activationOf(name: ActivationName): (x: Tensor) => Tensor {
  if (Object.hasOwn(activations, name)) return activations[name];
  throw new TasklearnError(
    'INVALID_OPTION',
    `activationOf: no activation '${String(name)}'. Use ${Object.keys(activations).join(', ')}.`,
    { option: 'activation', value: name },
  );
}
