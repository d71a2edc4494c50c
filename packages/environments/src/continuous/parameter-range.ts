import { type Rng, TasklearnError } from '@tasklearn/core';

/** Lowest and highest value of a parameter that varies between tasks; equal where it does not vary. */
export type ParameterRange = readonly [minimum: number, maximum: number];

/**
 * Whether a parameter varies.
 *
 * @throws `INVALID_OPTION` unless the option is [minimum, maximum] with `lowest` <= minimum <= maximum <= `highest`.
 */
export function requireRange<Options extends object>(
  owner: string,
  options: Options,
  key: keyof Options & string,
  lowest = Number.NEGATIVE_INFINITY,
  highest = Number.MAX_VALUE,
): boolean {
  const value = options[key];
  const [minimum, maximum] = Array.isArray(value) ? (value as readonly number[]) : [];
  if (
    minimum !== undefined &&
    maximum !== undefined &&
    lowest <= minimum &&
    minimum <= maximum &&
    maximum <= highest
  )
    return minimum < maximum;
  throw new TasklearnError(
    'INVALID_OPTION',
    `${owner}: option \`${key}\` must be [minimum, maximum] with ${lowest} <= minimum <= maximum <= ${highest}, got ${JSON.stringify(value)}.`,
    { owner, key, expected: '[minimum, maximum]', received: value },
  );
}

/**
 * Parameters drawn from ranges: log-uniform where both ends are positive, else uniform. Each is drawn from the stream
 * `rng.split(name)`, so one more parameter moves no other.
 */
export function drawParameters<Name extends string>(
  rng: Rng,
  ranges: Readonly<Record<Name, ParameterRange>>,
): Record<Name, number> {
  const names = Object.keys(ranges) as Name[];
  return Object.fromEntries(names.map((name) => [name, draw(rng.split(name), ranges[name])])) as Record<
    Name,
    number
  >;
}

function draw(rng: Rng, [minimum, maximum]: ParameterRange): number {
  if (minimum === maximum) return minimum;
  if (minimum <= 0) return minimum + (maximum - minimum) * rng.next();
  return minimum * (maximum / minimum) ** rng.next();
}
