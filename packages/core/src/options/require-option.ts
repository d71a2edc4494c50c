import { TasklearnError } from '../errors.js';
import { didYouMean } from './did-you-mean.js';

/** The keys of `Options` whose values are of type `Value`. */
export type OptionKeysOf<Options, Value> = {
  [Key in keyof Options]-?: Options[Key] extends Value ? Key : never;
}[keyof Options] &
  string;

function invalid(owner: string, key: string, rule: string, received: unknown): TasklearnError {
  const shown = Array.isArray(received) ? `[${received.join(', ')}]` : String(received);
  return new TasklearnError('INVALID_OPTION', `${owner}: option \`${key}\` must be ${rule}, got ${shown}.`, {
    owner,
    key,
    expected: rule,
    received,
  });
}

/**
 * The option's value, if it is a finite number > 0.
 *
 * @param owner - who is asking, for the message, e.g. `maml`.
 * @throws `INVALID_OPTION`.
 */
export function requirePositive<Options extends object>(
  owner: string,
  options: Options,
  key: OptionKeysOf<Options, number>,
): number {
  const value = options[key] as number;
  if (Number.isFinite(value) && value > 0) return value;
  throw invalid(owner, key, 'a number > 0', value);
}

/**
 * The option's value, if it is a finite number >= 0.
 *
 * @throws `INVALID_OPTION`.
 */
export function requireNonNegative<Options extends object>(
  owner: string,
  options: Options,
  key: OptionKeysOf<Options, number>,
): number {
  const value = options[key] as number;
  if (Number.isFinite(value) && value >= 0) return value;
  throw invalid(owner, key, 'a number >= 0', value);
}

/**
 * The option's value, if it is a number in [minimum, maximum].
 *
 * @throws `INVALID_OPTION`.
 */
export function requireInRange<Options extends object>(
  owner: string,
  options: Options,
  key: OptionKeysOf<Options, number>,
  minimum: number,
  maximum: number,
): number {
  const value = options[key] as number;
  if (value >= minimum && value <= maximum) return value;
  throw invalid(owner, key, `a number in [${minimum}, ${maximum}]`, value);
}

/**
 * The option's value, if it is an integer >= minimum (1 unless told) and <= maximum (no limit unless told).
 *
 * @throws `INVALID_OPTION`.
 */
export function requireInteger<Options extends object>(
  owner: string,
  options: Options,
  key: OptionKeysOf<Options, number>,
  minimum = 1,
  maximum = Number.MAX_SAFE_INTEGER,
): number {
  const value = options[key] as number;
  if (Number.isInteger(value) && value >= minimum && value <= maximum) return value;
  const limit = maximum === Number.MAX_SAFE_INTEGER ? `>= ${minimum}` : `in [${minimum}, ${maximum}]`;
  throw invalid(owner, key, `an integer ${limit}`, value);
}

/**
 * The option's value, if it is a list of integers >= minimum (1 unless told), e.g. layer sizes. May be empty.
 *
 * @throws `INVALID_OPTION`.
 */
export function requireIntegers<Options extends object>(
  owner: string,
  options: Options,
  key: OptionKeysOf<Options, readonly number[]>,
  minimum = 1,
): readonly number[] {
  const value = options[key] as readonly number[];
  if (Array.isArray(value) && value.every((item) => Number.isInteger(item) && item >= minimum)) return value;
  throw invalid(owner, key, `a list of integers >= ${minimum}`, value);
}

/**
 * The option's value, if it is one of the choices.
 *
 * @throws `INVALID_OPTION`, with the choice that was probably meant.
 */
export function requireOneOf<Options extends object, const Choice extends string | number>(
  owner: string,
  options: Options,
  key: keyof Options & string,
  choices: readonly Choice[],
): Choice {
  const value = options[key];
  if (choices.includes(value as Choice)) return value as Choice;
  const meant = didYouMean(String(value), choices.map(String));
  const hint = meant === undefined ? '' : ` (did you mean '${meant}'?)`;
  throw invalid(owner, key, `one of ${choices.map((choice) => `'${choice}'`).join(', ')}${hint}`, value);
}
