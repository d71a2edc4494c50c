import { CRAWLER_BODY } from './crawler-body.js';

/** Seconds per step. */
export const CRAWLER_STEP = 0.05;

/** Legs stand so far to the left or right of the middle. */
export const CRAWLER_HALF_WIDTH = 0.5;

/**
 * One step of x, y, ψ, v, ω at `state[s..s + 4]`, in place.
 *
 * v′ = v + Δt (Σ kᵢ aᵢ / m − c v), ω′ = ω + Δt (Σ kᵢ aᵢ yᵢ / m − c ω) + b, ψ′ = ψ + Δt ω′,
 * x′ = x + Δt v′ cos ψ′, y′ = y + Δt v′ sin ψ′ − d
 *
 * @param at - where in `body` the copy's body lies.
 * @param legs - L, even; the first half are on the left, yᵢ = 0.5.
 */
export function stepCrawler(
  state: Float64Array,
  s: number,
  actions: Float32Array,
  a: number,
  body: Float64Array,
  at: number,
  legs: number,
): void {
  const [friction, mass] = [body[at] as number, body[at + 1] as number];
  let push = 0;
  let turn = 0;
  for (let leg = 0; leg < legs; leg += 1) {
    const force = (body[at + CRAWLER_BODY + leg] as number) * (actions[a + leg] as number);
    push += force;
    turn += leg < legs / 2 ? force : -force;
  }
  const speed = state[s + 3] as number;
  const rate = state[s + 4] as number;
  const nextSpeed = speed + CRAWLER_STEP * (push / mass - friction * speed);
  const nextRate =
    rate + CRAWLER_STEP * ((CRAWLER_HALF_WIDTH * turn) / mass - friction * rate) + (body[at + 3] as number);
  const heading = (state[s + 2] as number) + CRAWLER_STEP * nextRate;
  state[s] = (state[s] as number) + CRAWLER_STEP * nextSpeed * Math.cos(heading);
  state[s + 1] =
    (state[s + 1] as number) + CRAWLER_STEP * nextSpeed * Math.sin(heading) - (body[at + 2] as number);
  state[s + 2] = heading;
  state[s + 3] = nextSpeed;
  state[s + 4] = nextRate;
}
