import {
  createRng,
  type EpisodeSpec,
  type EpisodicDistribution,
  type HostTensor,
  type Rng,
  requireInteger,
  requireNonNegative,
  type Split,
} from '@tasklearn/core';
import { episodeBuffers } from '../sampling/episode-buffers.js';
import { drawFace, faceAttributes, faceSize } from './draw-face.js';

/** Options of faces with ambiguous attributes. */
export type AmbiguousAttributeOptions = {
  /** Support faces of either label, >= 1. */
  readonly shots: number;
  /** Query faces of either label, >= 1. */
  readonly queries: number;
  /** Standard deviation of the noise on pixels, >= 0. */
  readonly noise: number;
  /** How much heads move and change their size, >= 0: 1 for a pixel and a tenth, 0 for heads that stand still. */
  readonly jitter: number;
};

/** Five faces of either label to learn from, ten of either to be labelled. */
export const ambiguousAttributeDefaults: AmbiguousAttributeOptions = {
  shots: 5,
  queries: 10,
  noise: 0,
  jitter: 1,
};

/** Episodes of which all the valid explanations are known. */
export interface AmbiguousAttributes extends EpisodicDistribution {
  /**
   * Labels of the query faces under each of the three rules that fit the support set, int32 [T, 3, Q]: a∧b, a∧c, b∧c. The
   * rule in force is `truth(...).parameters.rule`.
   */
  modes(split: Split, first: number, count: number, rng: Rng): HostTensor;
}

const PIXELS = faceSize * faceSize;
/** Of every rule: the places, among a, b and c, of the two attributes that it asks for. */
const RULES = [
  [0, 1],
  [0, 2],
  [1, 2],
] as const;
/** Share of a label's query faces that has exactly two of the three attributes, per such pair. */
const OPEN = 0.4;

/** All 56 triples of the 8 attributes, dealt once and for all: 36 to meta-train, 8 to validate, 12 to test. */
function triplesOf(split: Split): readonly (readonly [number, number, number])[] {
  const all: [number, number, number][] = [];
  const count = faceAttributes.length;
  for (let a = 0; a < count; a++)
    for (let b = a + 1; b < count; b++) for (let c = b + 1; c < count; c++) all.push([a, b, c]);
  const dealt = Array.from(
    createRng('triples of attributes').permutation(all.length),
    (at) => all[at] as [number, number, number],
  );
  const [first, last] = { train: [0, 36], validation: [36, 44], test: [44, 56] }[split] as [number, number];
  return dealt.slice(first, last);
}

/** Whether a face has both attributes that a rule asks for. */
const obeys = (own: ArrayLike<number>, [first, second]: readonly [number, number]) =>
  own[first] === 1 && own[second] === 1;

/**
 * Values of a, b and c of a query face, so that a face with exactly two of them is as frequent under each rule: nothing but
 * the rule says whether it is positive.
 */
function drawQueryTriple(rule: number, positive: boolean, rng: Rng): number[] {
  const both = RULES[rule] as (typeof RULES)[number];
  const uniform = rng.next();
  const having = (places: readonly number[]) => [0, 1, 2].map((place) => (places.includes(place) ? 1 : 0));
  if (positive) return uniform < OPEN ? having(both) : [1, 1, 1];
  const others = RULES.filter((_, at) => at !== rule);
  if (uniform < 2 * OPEN) return having(others[uniform < OPEN ? 0 : 1] as readonly number[]);
  return having([[0], [1], [2], []][rng.integer(4)] as readonly number[]);
}

/** One episode's task and its faces as attributes. */
interface Drawn {
  readonly triple: readonly [number, number, number];
  readonly rule: number;
  readonly support: readonly { readonly own: readonly number[]; readonly label: number }[];
  readonly query: readonly { readonly own: readonly number[]; readonly label: number }[];
}

function drawEpisode(
  triples: ReturnType<typeof triplesOf>,
  rng: Rng,
  { shots, queries }: AmbiguousAttributeOptions,
): Drawn {
  const own = rng.split('task');
  const triple = triples[own.integer(triples.length)] as Drawn['triple'];
  const rule = own.integer(3);
  const mixed = <Item>(items: readonly Item[], stream: Rng) =>
    Array.from(stream.permutation(items.length), (at) => items[at] as Item);
  const labels = (count: number) => Array.from({ length: 2 * count }, (_, at) => (at < count ? 1 : 0));
  const query = rng.split('query');
  return {
    triple,
    rule,
    support: mixed(
      labels(shots).map((label) => ({ own: [label, label, label], label })),
      rng.split('support'),
    ),
    query: mixed(
      labels(queries).map((label) => ({ own: drawQueryTriple(rule, label === 1, query), label })),
      query.split('order'),
    ),
  };
}

/**
 * Which faces are meant? All positive examples have three attributes, no negative one has any of them, and the rule asks for
 * two: the support set leaves it open which two.
 *
 * A task is a triple of attributes (a, b, c) and a rule of a∧b, a∧c, b∧c; triples of meta-test do not occur in meta-training.
 * Other attributes are drawn at random. Query faces with exactly two of the three are as frequent under each rule, so that given
 * the support set alone each is positive with probability 1/3; faces with all three always are, the rest never. Faces are
 * drawn, [24, 24, 1].
 *
 * @throws `INVALID_OPTION` for a value out of range.
 * @see Finn, Xu, Levine. Probabilistic Model-Agnostic Meta-Learning. NeurIPS 2018, section 5, for the protocol with photographs.
 *
 * @example
 * ```ts
 * import { createRng } from '@tasklearn/core';
 * import { ambiguousAttributes } from '@tasklearn/tasks';
 *
 * const distribution = ambiguousAttributes({ queries: 3 });
 * distribution.modes('test', 0, 2, createRng(0)).shape; // => [2, 3, 6]
 * ```
 */
export function ambiguousAttributes(options: Partial<AmbiguousAttributeOptions> = {}): AmbiguousAttributes {
  const complete = { ...ambiguousAttributeDefaults, ...options };
  const id = '@tasklearn/tasks/ambiguous-attributes';
  for (const key of ['shots', 'queries'] as const) requireInteger(id, complete, key);
  requireNonNegative(id, complete, 'noise');
  requireNonNegative(id, complete, 'jitter');
  const spec: EpisodeSpec = {
    input: { shape: [faceSize, faceSize, 1], dtype: 'float32' },
    target: { kind: 'classification', classes: 2 },
    loss: 'crossEntropy',
    ways: 2,
    shots: complete.shots,
    supportSize: 2 * complete.shots,
    querySize: 2 * complete.queries,
  };
  const triples = { train: triplesOf('train'), validation: triplesOf('validation'), test: triplesOf('test') };
  const streamOf = (split: Split, index: number, rng: Rng) => rng.split(split).split(index);
  const drawn = (split: Split, index: number, rng: Rng) =>
    drawEpisode(triples[split], streamOf(split, index, rng), complete);
  const paint = (
    faces: Drawn['support'],
    { triple }: Drawn,
    set: { inputs: HostTensor; targets: HostTensor },
    task: number,
    rng: Rng,
  ) => {
    for (const [at, { own, label }] of faces.entries()) {
      const item = task * faces.length + at;
      const attributes = faceAttributes.map(() => rng.integer(2));
      for (const [place, attribute] of triple.entries()) attributes[attribute] = own[place] as number;
      const pixels = (set.inputs.data as Float32Array).subarray(item * PIXELS, (item + 1) * PIXELS);
      drawFace(attributes, complete, rng, pixels);
      set.targets.data[item] = label;
    }
  };
  return {
    kind: 'episodic',
    id,
    varies: ['labels'],
    spec,
    episodes(split, first, count, rng, into = episodeBuffers(spec, count)) {
      for (let task = 0; task < count; task++) {
        const own = streamOf(split, first + task, rng);
        const episode = drawEpisode(triples[split], own, complete);
        paint(episode.support, episode, into.support.labelled, task, own.split('support faces'));
        paint(episode.query, episode, into.query, task, own.split('query faces'));
      }
      return into;
    },
    truth(split, index, rng) {
      const { triple, rule } = drawn(split, index, rng);
      const [first, second, third] = triple;
      return { parameters: { first, second, third, rule } };
    },
    modes(split, first, count, rng) {
      const faces = spec.querySize;
      const data = new Int32Array(count * 3 * faces);
      for (let task = 0; task < count; task++) {
        const { query } = drawn(split, first + task, rng);
        for (const [rule, both] of RULES.entries())
          for (const [at, { own }] of query.entries())
            data[(3 * task + rule) * faces + at] = obeys(own, both) ? 1 : 0;
      }
      return { dtype: 'int32', shape: [count, 3, faces], data };
    },
  };
}
