import type { ControlDistribution } from '@tasklearn/core';
import { INK, penFor, svg, type View } from '../picture/svg.js';
import { trajectoryLines } from '../picture/trajectory-lines.js';
import { BLOCK_RADIUS, HAND_RADIUS } from './push-physics.js';

/** Where things lie in an observation: indices of x, followed by y. */
export interface TableLayout {
  readonly hand: number;
  readonly objects: readonly number[];
  /** Index of the goal, or the goal itself where it is in no observation. */
  readonly goal: number | readonly [x: number, y: number];
  /** Radius of the goal. */
  readonly tolerance: number;
  /** Shapes that are always there, drawn by the pen of the table. */
  readonly scenery?: readonly string[];
  /** Radius of the objects; that of a block unless told. */
  readonly radius?: number;
  /** Which object's path is drawn; the first unless told. */
  readonly traced?: number;
}

/** The unit table with a margin. */
export const tableView: View = { left: -0.05, bottom: -0.05, width: 1.1, height: 1.1 };

/** Draws on the unit table. */
export const tablePen = penFor(tableView);

const edge = tablePen.rectangle(0, 0, 1, 1, { stroke: INK.line, opacity: 0.6 });

/** Pictures of a hand and objects on a table: paths of the object, faint ones of the hand, and single moments. */
export function tablePicture(
  title: string,
  {
    hand,
    objects,
    goal,
    tolerance,
    scenery = [],
    traced = objects[0] ?? hand,
    radius = BLOCK_RADIUS,
  }: TableLayout,
): Required<Pick<ControlDistribution, 'draw' | 'drawFrame'>> {
  const at = (index: number) => (observation: ArrayLike<number>, o: number) =>
    [observation[o + index] as number, observation[o + index + 1] as number] as const;
  const target = (observation: Float32Array) =>
    tablePen.circle(...(typeof goal === 'number' ? at(goal)(observation, 0) : goal), tolerance, {
      fill: INK.goal,
      opacity: 0.45,
    });
  const block = (observation: Float32Array, o: number, index: number) =>
    tablePen.circle(...at(index)(observation, o), radius, { fill: INK.object, opacity: 0.8 });
  return {
    draw(task, trajectories) {
      const goals = trajectories.map(({ observations }) => target(observations));
      const blocks = trajectories
        .slice(0, 1)
        .flatMap(({ observations }) => objects.map((index) => block(observations, 0, index)));
      const hands = trajectories.map(({ observations, length }) => {
        const size = observations.length / (length + 1);
        const points = Array.from({ length: length + 1 }, (_, step) => [
          ...at(hand)(observations, step * size),
        ]);
        return tablePen.line(points.flat(), { stroke: INK.line, width: 1, opacity: 0.4 });
      });
      const paths = trajectoryLines(tablePen, trajectories, at(traced));
      return svg(
        tableView,
        [edge, ...scenery, ...goals, ...blocks, ...hands, ...paths],
        `${title}, task ${task.id}`,
      );
    },
    drawFrame(task, observation) {
      const things = objects.map((index) => block(observation, 0, index));
      const fist = tablePen.circle(...at(hand)(observation, 0), HAND_RADIUS, { fill: INK.agent });
      return svg(
        tableView,
        [edge, ...scenery, target(observation), ...things, fist],
        `${title}, task ${task.id}`,
      );
    },
  };
}
