import { type Json, TasklearnError } from '@tasklearn/core';
import type { PlanOptions } from '../plan/plan.js';

type Nested = { [key: string]: Json | Nested };

/** JSON where it is JSON, else the text itself. */
function parseValue(text: string): Json {
  try {
    return JSON.parse(text) as Json;
  } catch {
    return text;
  }
}

/**
 * Options from the command line.
 *
 * @param pairs - `key=value`, values in JSON or plain text; a dot in the key reaches into a nested object.
 * @returns the options as an object.
 * @throws `INVALID_OPTION` for a text without `=`.
 *
 * Example: `innerSteps=5`, `optimizer.learningRate=0.01`, `hidden=[40,40]`.
 */
export function parseOptions(pairs: readonly string[]): PlanOptions {
  const options: Nested = {};
  for (const pair of pairs) {
    const at = pair.indexOf('=');
    if (at < 1) {
      throw new TasklearnError(
        'INVALID_OPTION',
        `An option is written key=value, got '${pair}'. Example: innerSteps=5.`,
        {
          received: pair,
        },
      );
    }
    const path = pair.slice(0, at).split('.');
    let place = options;
    for (const key of path.slice(0, -1)) {
      const inner = place[key];
      const next: Nested =
        typeof inner === 'object' && inner !== null && !Array.isArray(inner) ? (inner as Nested) : {};
      place[key] = next;
      place = next;
    }
    place[path[path.length - 1]!] = parseValue(pair.slice(at + 1));
  }
  return options as PlanOptions;
}
