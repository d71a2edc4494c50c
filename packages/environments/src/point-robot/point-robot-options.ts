import { requireInteger, requireOneOf, requirePositive, TasklearnError } from '@tasklearn/core';
import { type ParameterRange, requireRange } from '../continuous/parameter-range.js';

/** What a point robot is to do. */
export type PointRobotTask =
  | 'goal'
  | 'ring'
  | 'away'
  | 'direction'
  | 'two-directions'
  | 'any-direction'
  | 'velocity'
  | 'dynamics';

/** How a point robot moves. */
export type PointRobotMotion = 'kinematic' | 'inertial' | 'unicycle';

/** Options of the point robot; `null` stands for the preset of the task. */
export type PointRobotOptions = {
  /**
   * - `goal`: reach a point of the square of half-width `goalDistance` (0.5); reward −‖p − g‖.
   * - `ring`: reach a point of the half circle of radius `goalDistance` (1) above the start.
   * - `away`: reach one of the corners (±`goalDistance`, ±`goalDistance`) (2); sparse: nothing near the start.
   * - `direction`, `two-directions`: move fast along a heading, any or ±x; reward v·d.
   * - `any-direction`: move fast away from the origin; one task with many optima.
   * - `velocity`: move along x at a given speed; reward −|vₓ − v*| − 0.05 ‖a‖².
   * - `dynamics`: move fast along +x with a body of unknown mass, friction, gain and delay; reward vₓ.
   */
  readonly task: PointRobotTask;
  /**
   * - `kinematic`: p′ = p + gain·a + wind, |aᵢ| <= 0.1; observes p.
   * - `inertial`: v′ = v + 0.1 (gain·a − friction·v + wind) / mass, p′ = p + 0.1 v′, |aᵢ| <= 3; observes p, v.
   * - `unicycle`: a = (speed, turn), heading′ = heading + 10 turn, |aᵢ| <= 0.1; observes p, cos and sin of the heading.
   */
  readonly motion: PointRobotMotion | null;
  /** For `goal`, `ring` and `away`: whether reward tells the distance everywhere or only near the goal. */
  readonly reward: 'dense' | 'sparse';
  /** Steps of an episode. */
  readonly horizon: number | null;
  /** Success within this distance of the goal; also where the sparse reward of `goal` and `ring` begins. */
  readonly goalRadius: number | null;
  /** How far goals are from the start. */
  readonly goalDistance: number | null;
  /** Size of the finite set of training tasks; 0 draws a new task for each index. */
  readonly trainingTasks: number | null;
  /** Of an inertial body; log-uniform over the range. */
  readonly mass: ParameterRange | null;
  /** Of an inertial body; log-uniform over the range. */
  readonly friction: ParameterRange | null;
  /** What actions are multiplied with; log-uniform over a positive range. */
  readonly gain: ParameterRange | null;
  /** Steps until an action takes effect, drawn from the integers of the range. */
  readonly delay: ParameterRange | null;
  /** Largest absolute value of each component of the wind, drawn uniformly. */
  readonly wind: number;
};

/** The 2-D navigation of the MAML paper. */
export const pointRobotDefaults: PointRobotOptions = {
  task: 'goal',
  motion: null,
  reward: 'dense',
  horizon: null,
  goalRadius: null,
  goalDistance: null,
  trainingTasks: null,
  mass: null,
  friction: null,
  gain: null,
  delay: null,
  wind: 0,
};

/** Options with every preset filled in. */
export type PointRobotSettings = {
  readonly [Key in keyof PointRobotOptions]: NonNullable<PointRobotOptions[Key]>;
};

type Preset = Pick<
  PointRobotSettings,
  'motion' | 'horizon' | 'goalRadius' | 'goalDistance' | 'trainingTasks'
>;

const still: ParameterRange = [1, 1];
const varied: ParameterRange = [0.5, 2];
const reaching = { goalRadius: 0.05, goalDistance: 1, trainingTasks: 0 };

const presets: Readonly<Record<PointRobotTask, Preset>> = {
  goal: { ...reaching, motion: 'kinematic', horizon: 100, goalDistance: 0.5 },
  ring: { ...reaching, motion: 'kinematic', horizon: 20, goalRadius: 0.2, trainingTasks: 80 },
  away: { ...reaching, motion: 'kinematic', horizon: 60, goalRadius: 0.2, goalDistance: 2, trainingTasks: 4 },
  direction: { ...reaching, motion: 'inertial', horizon: 100, trainingTasks: 100 },
  'two-directions': { ...reaching, motion: 'inertial', horizon: 100, trainingTasks: 2 },
  'any-direction': { ...reaching, motion: 'kinematic', horizon: 20, trainingTasks: 1 },
  velocity: { ...reaching, motion: 'inertial', horizon: 100, trainingTasks: 100 },
  dynamics: { ...reaching, motion: 'inertial', horizon: 100, trainingTasks: 100 },
};

const OWNER = 'point-robot';

/**
 * Options with presets filled in.
 *
 * @throws `INVALID_OPTION` for a value out of range.
 */
export function pointRobotSettings(options: Partial<PointRobotOptions>): PointRobotSettings {
  const merged = { ...pointRobotDefaults, ...options };
  const task = requireOneOf(OWNER, merged, 'task', Object.keys(presets) as PointRobotTask[]);
  const given = Object.fromEntries(Object.entries(merged).filter(([, value]) => value !== null));
  const body = task === 'dynamics' ? varied : still;
  const delay: ParameterRange = task === 'dynamics' ? [0, 2] : [0, 0];
  const ranges = { mass: body, friction: body, gain: body, delay };
  const settings = { ...merged, ...presets[task], ...ranges, ...given } as PointRobotSettings;
  requireOneOf(OWNER, settings, 'motion', ['kinematic', 'inertial', 'unicycle']);
  requireOneOf(OWNER, settings, 'reward', ['dense', 'sparse']);
  requireInteger(OWNER, settings, 'horizon');
  requireInteger(OWNER, settings, 'trainingTasks', 0);
  for (const key of ['goalRadius', 'goalDistance'] as const) requirePositive(OWNER, settings, key);
  for (const key of ['mass', 'friction', 'gain'] as const) requireRange(OWNER, settings, key);
  requireRange(OWNER, settings, 'delay', 0);
  checkMotion(settings);
  return settings;
}

/** Mass, friction and inertia go together; so do speeds and the tasks that name one. */
function checkMotion(settings: PointRobotSettings): void {
  if (settings.mass[0] <= 0) throw refused('mass', 'above 0', settings.mass);
  if (settings.delay.some((end) => !Number.isInteger(end)))
    throw refused('delay', 'integers', settings.delay);
  if (!(settings.wind >= 0)) throw refused('wind', '>= 0', settings.wind);
  if (settings.motion === 'inertial') return;
  for (const key of ['mass', 'friction'] as const)
    if (settings[key].some((end) => end !== 1))
      throw refused(key, '[1, 1] unless motion is inertial', settings[key]);
}

function refused(key: string, expected: string, received: unknown): TasklearnError {
  return new TasklearnError(
    'INVALID_OPTION',
    `${OWNER}: option \`${key}\` must be ${expected}, got ${JSON.stringify(received)}.`,
    { owner: OWNER, key, expected, received },
  );
}
