import { TasklearnError } from '../errors.js';
import type { Json } from '../registry/plugin.js';
import { didYouMean } from './did-you-mean.js';

type JsonObject = { readonly [key: string]: Json };

/**
 * Options merged over their defaults, frozen. Every key must be one of the defaults', and every value of the
 * JSON type of its default; nested objects are merged likewise. A default of `null` takes any value, and a
 * nested default of `{}` any keys. Ranges are the learner's own business, in `create`.
 *
 * @param owner - who is asking, for messages, e.g. `@tasklearn/maml/maml`.
 * @throws `INVALID_OPTION` for an unknown key (with the key that was probably meant), a value of another JSON
 *   type, or one that JSON cannot hold (NaN, a function).
 *
 * @example
 * ```ts
 * import { resolveOptions } from '@tasklearn/core';
 *
 * const defaults = { innerSteps: 1, innerLearningRate: 0.01 };
 * resolveOptions('maml', defaults, { innerSteps: 5 }); // => { innerSteps: 5, innerLearningRate: 0.01 }
 * ```
 */
export function resolveOptions<Options extends object>(
  owner: string,
  defaults: Readonly<Options>,
  options: object = {},
): Readonly<Options> {
  if (jsonType(options) !== 'object') {
    throw invalidOption(owner, '', `options must be an object, got ${describe(options)}`, options, {});
  }
  return mergeObjects(owner, '', defaults as JsonObject, options as JsonObject) as Readonly<Options>;
}

function mergeObjects(owner: string, path: string, defaults: JsonObject, given: JsonObject): JsonObject {
  const known = Object.keys(defaults);
  const merged: { [key: string]: Json } = {};
  for (const key of known) merged[key] = freezeJson(defaults[key] as Json);
  for (const [key, value] of Object.entries(given)) {
    if (value === undefined) continue; // An optional property written out.
    const at = path === '' ? key : `${path}.${key}`;
    const open = path !== '' && known.length === 0;
    if (!open && !known.includes(key)) throw unknownKey(owner, at, key, known);
    merged[key] = mergeValue(owner, at, defaults[key], value);
  }
  return Object.freeze(merged);
}

function mergeValue(owner: string, at: string, fallback: Json | undefined, value: Json): Json {
  if (!isJson(value)) {
    const rule = `option \`${at}\` must be a JSON value (no NaN, no function), got ${describe(value)}`;
    throw invalidOption(owner, at, rule, value, { expected: 'json' });
  }
  if (fallback === undefined || fallback === null) return freezeJson(value);
  const [expected, received] = [jsonType(fallback), jsonType(value)];
  if (expected !== received) {
    const rule = `option \`${at}\` must be ${article(expected)}, got ${describe(value)}`;
    throw invalidOption(owner, at, rule, value, { expected });
  }
  if (expected === 'object') return mergeObjects(owner, at, fallback as JsonObject, value as JsonObject);
  if (Array.isArray(value)) assertItems(owner, at, fallback as readonly Json[], value);
  return freezeJson(value);
}

/** Items of a list must be of the type of the default's first item, where there is one. */
function assertItems(owner: string, at: string, fallback: readonly Json[], value: readonly Json[]): void {
  if (fallback.length === 0) return;
  const expected = jsonType(fallback[0]);
  const wrong = value.findIndex((item) => jsonType(item) !== expected);
  if (wrong === -1) return;
  const rule = `option \`${at}\` must be a list of items of type ${expected}, got ${describe(value[wrong])}`;
  throw invalidOption(owner, at, rule, value[wrong], { expected, index: wrong });
}

/** True for what survives a round trip through JSON text. */
export function isJson(value: unknown): value is Json {
  const type = jsonType(value);
  if (type === 'number') return Number.isFinite(value);
  if (type === 'object' || type === 'array') return Object.values(value as object).every(isJson);
  return type === 'string' || type === 'boolean' || type === 'null';
}

/** A copy that nobody can write to. */
function freezeJson(value: Json): Json {
  if (Array.isArray(value)) return Object.freeze(value.map(freezeJson));
  if (jsonType(value) !== 'object') return value;
  const entries = Object.entries(value as JsonObject).map(([key, item]) => [key, freezeJson(item)]);
  return Object.freeze(Object.fromEntries(entries));
}

function jsonType(value: unknown): string {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'array';
  if (typeof value !== 'object') return typeof value;
  const prototype = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null ? 'object' : prototype.constructor.name;
}

function unknownKey(owner: string, at: string, key: string, known: readonly string[]): TasklearnError {
  const meant = didYouMean(key, known);
  const hint = meant === undefined ? '' : ` Did you mean \`${meant}\`?`;
  return new TasklearnError(
    'INVALID_OPTION',
    `${owner}: no option \`${at}\`.${hint} Options: ${known.join(', ') || 'none'}.`,
    { owner, key: at, known, ...(meant === undefined ? {} : { suggestion: meant }) },
  );
}

function invalidOption(
  owner: string,
  key: string,
  rule: string,
  received: unknown,
  more: object,
): TasklearnError {
  return new TasklearnError('INVALID_OPTION', `${owner}: ${rule}.`, { owner, key, received, ...more });
}

function article(type: string): string {
  return type === 'array' || type === 'object' ? `an ${type}` : `a ${type}`;
}

function describe(value: unknown): string {
  const type = jsonType(value);
  return type === 'string' || type === 'number' || type === 'boolean'
    ? `${type} ${JSON.stringify(value) ?? value}`
    : type;
}
