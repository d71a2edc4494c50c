/** Two rods in a row, driven at the joint between them; SI units. */
export interface Acrobot {
  readonly gravity: number;
  /** Masses of the rods. */
  readonly mass1: number;
  readonly mass2: number;
  /** Length of the first rod; that of the second does not enter the equations. */
  readonly length1: number;
  /** Distances of the centres of mass from the joints before them. */
  readonly centre1: number;
  readonly centre2: number;
  /** Moment of inertia of either rod. */
  readonly moment: number;
  /** Of both joints, N m s; 0 in the original. */
  readonly friction: number;
  /** Torque of a full action, N m. */
  readonly torque: number;
}

/** Seconds per step. */
export const ACROBOT_STEP = 0.2;

/** Largest angular speeds of the two joints. */
export const ACROBOT_SPEEDS = [4 * Math.PI, 9 * Math.PI] as const;

/** Slopes of the four stages of the Runge-Kutta step, and the point at which a stage is taken. */
const slopes = [new Float64Array(4), new Float64Array(4), new Float64Array(4), new Float64Array(4)] as const;
const point = new Float64Array(4);

/**
 * Time derivative of θ₁, θ₂, θ̇₁, θ̇₂ into `into`: the equations of Sutton and Barto's book.
 *
 * θ₁ = 0 hangs down; θ₂ is relative to the first rod.
 */
function derivative(from: Float64Array, torque: number, body: Acrobot, into: Float64Array): void {
  const { gravity, mass1, mass2, length1, centre1, centre2, moment, friction } = body;
  const angle1 = from[0] as number;
  const angle2 = from[1] as number;
  const rate1 = from[2] as number;
  const rate2 = from[3] as number;
  const cos2 = Math.cos(angle2);
  const sin2 = Math.sin(angle2);
  const d1 =
    mass1 * centre1 * centre1 +
    mass2 * (length1 * length1 + centre2 * centre2 + 2 * length1 * centre2 * cos2) +
    2 * moment;
  const d2 = mass2 * (centre2 * centre2 + length1 * centre2 * cos2) + moment;
  const phi2 = mass2 * centre2 * gravity * Math.cos(angle1 + angle2 - Math.PI / 2);
  const phi1 =
    -mass2 * length1 * centre2 * rate2 * rate2 * sin2 -
    2 * mass2 * length1 * centre2 * rate2 * rate1 * sin2 +
    (mass1 * centre1 + mass2 * length1) * gravity * Math.cos(angle1 - Math.PI / 2) +
    phi2 +
    friction * rate1;
  const drive = torque - friction * rate2;
  const acceleration2 =
    (drive + (d2 / d1) * phi1 - mass2 * length1 * centre2 * rate1 * rate1 * sin2 - phi2) /
    (mass2 * centre2 * centre2 + moment - (d2 * d2) / d1);
  into[0] = rate1;
  into[1] = rate2;
  into[2] = -(d2 * acceleration2 + phi1) / d1;
  into[3] = acceleration2;
}

const wrap = (angle: number) => angle - 2 * Math.PI * Math.round(angle / (2 * Math.PI));
const clip = (value: number, limit: number) => Math.min(limit, Math.max(-limit, value));

/**
 * One step of θ₁, θ₂, θ̇₁, θ̇₂ at `state[s..s + 3]`, in place: fourth-order Runge-Kutta over 0.2 s, angles wrapped to ±π,
 * speeds clipped to ±4π and ±9π.
 *
 * @param action - in [−1, 1], times the body's torque.
 * @see Sutton. Generalization in Reinforcement Learning. NeurIPS 1996; Gymnasium, Acrobot-v1 (`book`).
 */
export function stepAcrobot(state: Float64Array, s: number, action: number, body: Acrobot): void {
  const torque = action * body.torque;
  for (let stage = 0; stage < 4; stage += 1) {
    const share = stage === 0 ? 0 : stage === 3 ? ACROBOT_STEP : ACROBOT_STEP / 2;
    const before = slopes[Math.max(0, stage - 1)] as Float64Array;
    for (let index = 0; index < 4; index += 1)
      point[index] = (state[s + index] as number) + (share === 0 ? 0 : share * (before[index] as number));
    derivative(point, torque, body, slopes[stage] as Float64Array);
  }
  for (let index = 0; index < 4; index += 1) {
    const middle = 2 * (slopes[1][index] as number) + 2 * (slopes[2][index] as number);
    const sum = (slopes[0][index] as number) + middle + (slopes[3][index] as number);
    state[s + index] = (state[s + index] as number) + (ACROBOT_STEP / 6) * sum;
  }
  state[s] = wrap(state[s] as number);
  state[s + 1] = wrap(state[s + 1] as number);
  state[s + 2] = clip(state[s + 2] as number, ACROBOT_SPEEDS[0]);
  state[s + 3] = clip(state[s + 3] as number, ACROBOT_SPEEDS[1]);
}
