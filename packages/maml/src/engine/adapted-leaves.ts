import { TasklearnError } from '@tasklearn/core';
import type { Parameters } from '@tasklearn/nn';
import type { Tensor } from '@tensorflow/tfjs';
import * as tf from '@tensorflow/tfjs';

/** Says of a path such as `layer1/weight` whether the inner loop adapts that leaf. */
export type AdaptedLeaves = (path: string) => boolean;

/** Every leaf is adapted. Reptile and the checks of invalid pairs know it by identity. */
export const allLeaves: AdaptedLeaves = () => true;

const presets: Readonly<Record<string, AdaptedLeaves>> = {
  all: allLeaves,
  head: (path) => path.startsWith('head/'),
  biases: (path) => path.endsWith('/bias'),
  affine: (path) => /\/(gain|bias)$/.test(path) && !path.startsWith('head/'),
};

/**
 * The leaves that a word or a list of path patterns names.
 *
 * @param text - `all`, `head` (the last layer), `biases`, `affine` (gains and offsets of the normalisation), or patterns
 *   separated by commas in which `*` stands for any characters, e.g. `head/*,layer4/*`.
 * @throws `INVALID_OPTION` if it names nothing.
 *
 * @example
 * ```ts
 * import { adaptedLeaves } from '@tasklearn/maml';
 *
 * adaptedLeaves('head')('head/weight'); // => true
 * adaptedLeaves('layer1/*,head/bias')('head/weight'); // => false
 * ```
 */
export function adaptedLeaves(text: string): AdaptedLeaves {
  const preset = presets[text.trim()];
  if (preset !== undefined) return preset;
  const patterns = text.split(',').map((part) => part.trim());
  if (patterns.some((pattern) => !/^[\w*-]*[/*][\w*/-]*$/.test(pattern))) {
    throw new TasklearnError(
      'INVALID_OPTION',
      `adaptedLeaves: expected ${Object.keys(presets).join(', ')} or path patterns such as 'head/*,layer4/*', got '${text}'.`,
      { key: 'adapted', received: text, expected: Object.keys(presets) },
    );
  }
  const expressions = patterns.map(
    (pattern) => new RegExp(`^${pattern.split('*').map(literally).join('.*')}$`),
  );
  return (path) => expressions.some((expression) => expression.test(path));
}

/**
 * The sub-tree of leaves that a predicate selects; layers without any are left out.
 *
 * @throws `INVALID_OPTION` if no leaf is selected: an inner loop over nothing is a mistake.
 */
export function selectLeaves(parameters: Parameters, adapted: AdaptedLeaves): Parameters {
  const selected = mapLeaves(parameters, (leaf, path) => (adapted(path) ? leaf : undefined));
  if (Object.keys(selected).length > 0) return selected;
  const paths = Object.entries(parameters).flatMap(([layer, leaves]) =>
    Object.keys(leaves).map((name) => `${layer}/${name}`),
  );
  throw new TasklearnError(
    'INVALID_OPTION',
    `metaLearner: the mask of adapted parameters selects none of ${paths.join(', ')}. Name at least one.`,
    { key: 'adapted', paths },
  );
}

/** `base` with the leaves of `overrides` in place of its own: ψ and φ together are what a model is applied with. */
export function mergeLeaves(base: Parameters, overrides: Parameters): Parameters {
  const layers = new Set([...Object.keys(base), ...Object.keys(overrides)]);
  return Object.fromEntries([...layers].map((layer) => [layer, { ...base[layer], ...overrides[layer] }]));
}

/** Parameters of the same structure, or less: leaves for which `fn` gives nothing are left out. */
export function mapLeaves(
  parameters: Parameters,
  fn: (leaf: Tensor, path: string) => Tensor | undefined,
): Parameters {
  const layers = Object.entries(parameters).map(([layer, leaves]) => {
    const kept = Object.entries(leaves)
      .map(([name, leaf]) => [name, fn(leaf, `${layer}/${name}`)] as const)
      .filter((entry): entry is readonly [string, Tensor] => entry[1] !== undefined);
    return [layer, Object.fromEntries(kept)] as const;
  });
  return Object.fromEntries(layers.filter(([, leaves]) => Object.keys(leaves).length > 0));
}

/** The leaf at a path such as `head/weight`. */
export function leafAt(parameters: Parameters, path: string): Tensor {
  const [layer = '', name = ''] = path.split('/');
  return parameters[layer]?.[name] as Tensor;
}

/**
 * Copies of θ, one per task: [...] to [T, ...]. Its gradient is the sum over tasks.
 * Written as an addition, because the gradient of tfjs's `tile` and `broadcastTo` is one slice per copy.
 */
export function tileOverTasks(parameters: Parameters, tasks: number): Parameters {
  return mapLeaves(
    parameters,
    (leaf) => tf.add(tf.expandDims(leaf, 0), tf.zeros([tasks, ...leaf.shape.map(() => 1)])), // [T, ...]
  );
}

function literally(text: string): string {
  return text.replace(/[.+?^${}()|[\]\\]/g, '\\$&');
}
