import type { ClassSplits } from '../sampling/split-classes.js';
import { omniglotAlphabets } from './omniglot-alphabets.js';

/** An alphabet of Omniglot: classes `first` .. `first + count - 1`. */
export interface OmniglotAlphabet {
  readonly name: string;
  /** Which of the data set's two halves it belongs to. */
  readonly set: 'background' | 'evaluation';
  readonly first: number;
  readonly count: number;
}

/** Drawers of each character. */
export const OMNIGLOT_DRAWERS = 20;

/**
 * The 50 alphabets: background, then evaluation, by name. Classes are numbered in this order: 0 .. 963 background,
 * 964 .. 1622 evaluation; image = 20 · class + drawer.
 */
export function omniglotIndex(): readonly OmniglotAlphabet[] {
  let first = 0;
  return omniglotAlphabets.map(({ name, set, vinyals }) => {
    const alphabet = { name, set, first, count: vinyals.length };
    first += alphabet.count;
    return alphabet;
  });
}

/** Names such as `Greek/character07`, by class. */
export function omniglotClassNames(): readonly string[] {
  return omniglotIndex().flatMap(({ name, count }) =>
    Array.from(
      { length: count },
      (_, character) => `${name}/character${String(character + 1).padStart(2, '0')}`,
    ),
  );
}

/** The split of Vinyals et al. (2016): 1,028 / 172 / 423 classes. */
export function vinyalsSplits(): ClassSplits {
  const letters = omniglotAlphabets.map(({ vinyals }) => vinyals).join('');
  const of = (letter: string) => [...letters].flatMap((each, index) => (each === letter ? [index] : []));
  return { train: of('t'), validation: of('v'), test: of('e') };
}
