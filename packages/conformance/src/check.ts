import { didYouMean, TasklearnError } from '@tasklearn/core';

/** One thing that is checked. Works in any test runner: `it(check.name, check.run)`. */
export interface Check {
  /** Says what holds when the check passes. Stable between versions: expected failures refer to it. */
  readonly name: string;
  /** Rejects with a `TasklearnError` of code `@tasklearn/conformance:FAILED`, or with what the plugin threw. */
  run(): Promise<void>;
}

/** Reasons, by name of check, why a check is known to fail. */
export type ExpectedFailures = Readonly<Record<string, string>>;

/** A failure of what is checked. */
export function failure(message: string, details: Readonly<Record<string, unknown>> = {}): TasklearnError {
  return new TasklearnError('@tasklearn/conformance:FAILED', message, details);
}

/** @throws `@tasklearn/conformance:FAILED` unless `holds`. */
export function demand(
  holds: boolean,
  message: string,
  details: Readonly<Record<string, unknown>> = {},
): void {
  if (!holds) throw failure(message, details);
}

/**
 * Turns checks that are expected to fail around: such a check passes when it fails, and fails when it passes, so
 * that a list of known failures never outlives its reasons.
 *
 * @throws `INVALID_OPTION` for the name of no check.
 */
export function withExpectedFailures(
  checks: readonly Check[],
  expected: ExpectedFailures = {},
): readonly Check[] {
  const names = checks.map(({ name }) => name);
  const unknown = Object.keys(expected).find((name) => !names.includes(name));
  if (unknown !== undefined) throw noSuchCheck(unknown, names);
  return checks.map((check) => {
    const reason = expected[check.name];
    return reason === undefined ? check : { name: check.name, run: () => mustFail(check, reason) };
  });
}

async function mustFail(check: Check, reason: string): Promise<void> {
  const failed = await check.run().then(
    () => false,
    () => true,
  );
  demand(
    failed,
    `'${check.name}' was expected to fail (${reason}) and passed. Remove it from \`expectedFailures\`.`,
    {
      check: check.name,
      reason,
    },
  );
}

function noSuchCheck(name: string, names: readonly string[]): TasklearnError {
  const suggestion = didYouMean(name, names);
  const hint = suggestion === undefined ? '' : ` Did you mean '${suggestion}'?`;
  return new TasklearnError(
    'INVALID_OPTION',
    `expectedFailures: no check '${name}' is made here.${hint} Checks: ${names.join('; ')}.`,
    { key: 'expectedFailures', received: name, known: names },
  );
}
