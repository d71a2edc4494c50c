import type { ControlSpec, TimeSteps } from '@tasklearn/core';
import { demand } from '../check.js';
import { drive, type EnvironmentSubject, sizesOf, withEnvironment } from './walk.js';

/** That the spec itself makes sense. */
function demandSpec(id: string, { observation, action, horizon, goal }: ControlSpec): void {
  demand(
    observation.dtype === 'float32' && observation.shape.length === 1,
    `${id}: observations must be float32 [O], got ${observation.dtype} [${observation.shape}].`,
  );
  const discrete = action.dtype === 'int32';
  demand(
    action.shape.length === (discrete ? 0 : 1),
    `${id}: actions must be int32 [] or float32 [A], got ${action.dtype} [${action.shape}].`,
  );
  if (discrete)
    demand(
      action.minimum === 0 && (action.maximum ?? -1) >= 0,
      `${id}: discrete actions must be 0 .. n − 1, got ${action.minimum} .. ${action.maximum}.`,
    );
  demand(
    Number.isInteger(horizon) && horizon > 0,
    `${id}: the horizon must be an integer > 0, got ${horizon}.`,
  );
  const size = sizesOf({ observation, action } as ControlSpec).observation;
  for (const from of goal === undefined ? [] : [goal.achieved, goal.desired])
    demand(
      from >= 0 && from + goal!.size <= size,
      `${id}: goals [${from}, ${from + goal!.size}) must lie in observations of ${size} numbers.`,
    );
}

/** Shapes and ranges of everything that is shown. */
export function demandShownFits(subject: EnvironmentSubject): void {
  const { id, spec } = subject.distribution;
  demandSpec(id, spec);
  const { minimum = Number.NEGATIVE_INFINITY, maximum = Number.POSITIVE_INFINITY } = spec.observation;
  const size = sizesOf(spec).observation;
  withEnvironment(subject, (environment) => {
    const { copies } = environment;
    demand(
      copies === subject.tasks.length * subject.copiesPerTask,
      `${id}: must have tasks × copiesPerTask copies, got ${copies}.`,
    );
    const look = ({ stepType, observation, reward, discount, success }: TimeSteps) => {
      const lengths = [
        stepType.length,
        observation.length / size,
        reward.length,
        discount.length,
        success.length,
      ];
      demand(
        lengths.every((length) => length === copies),
        `${id}: shows arrays of ${lengths} copies.`,
      );
      const odd = observation.find(
        (value) => !(Number.isFinite(value) && value >= minimum && value <= maximum),
      );
      demand(odd === undefined, `${id}: observations must be in [${minimum}, ${maximum}], got ${odd}.`);
      demand(reward.every(Number.isFinite), `${id}: rewards must be finite, got ${reward}.`);
      demand(
        discount.every((value) => value === 0 || value === 1),
        `${id}: discounts must be 0 or 1.`,
      );
      const allowed = spec.hasSuccess ? [0, 1] : [0];
      demand(
        success.every((value) => allowed.includes(value)),
        `${id}: success must be one of ${allowed}.`,
      );
    };
    drive(environment, subject.steps, (before, _actions, after) => {
      look(before);
      look(after);
    });
  });
}

/** First, mid and last steps in their order; truncation at the horizon and only there. */
export function demandEpisodesEnd(subject: EnvironmentSubject): void {
  const { id, spec } = subject.distribution;
  withEnvironment(subject, (environment) => {
    const length = new Int32Array(environment.copies);
    drive(
      environment,
      Math.max(subject.steps, Math.min(spec.horizon + 1, 2000)),
      (before, _actions, after) => {
        for (let copy = 0; copy < environment.copies; copy += 1) {
          if (before.stepType[copy] === 0) {
            const fresh =
              before.reward[copy] === 0 && before.discount[copy] === 1 && before.success[copy] === 0;
            demand(fresh, `${id}: a first step must have reward 0, discount 1 and no success.`);
            length[copy] = 0;
          }
          length[copy] = (length[copy] as number) + 1;
          const [type, discount] = [after.stepType[copy], after.discount[copy]];
          const time = length[copy] as number;
          demand(type === 1 || type === 2, `${id}: a step leads to a mid or last step, got ${type}.`);
          demand(
            type === 2 || (discount === 1 && time < spec.horizon),
            `${id}: step ${time} of ${spec.horizon} with discount ${discount} must be the last.`,
          );
          demand(
            type === 1 || discount === 0 || time === spec.horizon,
            `${id}: an episode cut off after ${time} of ${spec.horizon} steps must have terminated (discount 0).`,
          );
        }
      },
    );
  });
}
