/** Lengths of the links of the arm, from the shoulder out. */
export const ARM_LINKS = [0.4, 0.3, 0.2] as const;

/** What a task changes about the arm. */
export interface ArmBody {
  /** Torque per unit of action. */
  readonly gain: number;
  /** Pull of gravity on each link. */
  readonly gravity: number;
}

/**
 * One step of three joint angles and speeds at `state[s..s + 5]`, in place. Angles are relative to the link before;
 * absolute angle 0 is along +x.
 *
 * ω′ = 0.9 ω + 0.1 gain a − gravity cos(absolute angle), θ′ = θ + 0.1 ω′
 */
export function stepArm(
  state: Float64Array,
  s: number,
  actions: Float32Array,
  a: number,
  { gain, gravity }: ArmBody,
): void {
  let absolute = 0;
  for (let joint = 0; joint < 3; joint += 1) {
    const angle = state[s + joint] as number;
    absolute += angle; // Of this link before the step: joints before it have kept theirs in `absolute`.
    const speed =
      0.9 * (state[s + 3 + joint] as number) +
      0.1 * gain * (actions[a + joint] as number) -
      gravity * Math.cos(absolute);
    state[s + joint] = angle + 0.1 * speed;
    state[s + 3 + joint] = speed;
  }
}

/** The x or y of the tip, by sums of cosines or sines of the absolute angles. */
export function tipOf(angle1: number, angle2: number, angle3: number): readonly [x: number, y: number] {
  const [first, second] = [angle1, angle1 + angle2];
  const third = second + angle3;
  return [
    ARM_LINKS[0] * Math.cos(first) + ARM_LINKS[1] * Math.cos(second) + ARM_LINKS[2] * Math.cos(third),
    ARM_LINKS[0] * Math.sin(first) + ARM_LINKS[1] * Math.sin(second) + ARM_LINKS[2] * Math.sin(third),
  ];
}
