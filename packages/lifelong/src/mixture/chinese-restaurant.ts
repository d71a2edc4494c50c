import { TasklearnError } from '@tasklearn/core';

/** A component: how much was attributed to it, and for how long nothing was. */
export interface Table {
  /** n, the sum of its responsibilities. */
  readonly count: number;
  /** Observations since its responsibility was last worth mentioning. */
  readonly idle: number;
}

/** Components by their slot; undefined where there is none. Immutable, plain data. */
export type RestaurantState = readonly (Table | undefined)[];

/** Options of {@link chineseRestaurant}. */
export interface RestaurantOptions {
  /** α >= 0: how readily a component is added. */
  readonly concentration: number;
  /** C, most components. */
  readonly most: number;
  /** Responsibility below which an observation does not count as use. */
  readonly least: number;
  /** Observations without use after which a component is dropped; `Infinity` for never. */
  readonly patience: number;
}

/** Who an observation belongs to. */
export interface Seating {
  /** P(component | data) by slot, [C]; sum 1, 0 where there is none. */
  readonly responsibilities: readonly number[];
  /** The slot of a component that was added. */
  readonly opened: number | undefined;
  readonly state: RestaurantState;
}

/** Allocates observations to components, of which there may be ever more. */
export interface ChineseRestaurant {
  /** One component that nothing was attributed to yet. */
  begin(): RestaurantState;
  /** P of each slot, [C], and of a new component: n_i / (Σn + α) and α / (Σn + α). Where no more fit, the new one has none. */
  prior(state: RestaurantState): { readonly known: readonly number[]; readonly fresh: number };
  /**
   * The posterior, likelihood times prior. A new component is added only where it is the likeliest of all; its slot is the first free.
   *
   * @param logLikelihoods - of each slot's component, [C]; what is said of empty slots is ignored.
   * @param logFresh - of a new component.
   */
  seat(state: RestaurantState, logLikelihoods: readonly number[], logFresh: number): Seating;
}

function normalized(logs: readonly number[]): number[] {
  const largest = Math.max(...logs);
  const weights = logs.map((log) => Math.exp(log - largest));
  const sum = weights.reduce((total, weight) => total + weight, 0);
  return weights.map((weight) => weight / sum);
}

function checked({ concentration, most, least, patience }: RestaurantOptions): void {
  if (concentration >= 0 && Number.isInteger(most) && most >= 1 && least >= 0 && patience >= 1) return;
  const message = `chineseRestaurant: expected concentration >= 0, an integer most >= 1, least >= 0 and patience >= 1, got ${concentration}, ${most}, ${least} and ${patience}.`;
  throw new TasklearnError('INVALID_OPTION', message, { concentration, most, least, patience });
}

/**
 * The Chinese restaurant process with soft counts: a prior over which component, old or new, an observation belongs to.
 *
 * @throws `INVALID_OPTION` for a value out of range.
 * @see Nagabandi, Finn, Levine. Deep Online Learning via Meta-Learning: Continual Adaptation for Model-Based RL. ICLR 2019, section 4.
 *   arXiv:1812.07671.
 *
 * @example
 * ```ts
 * import { chineseRestaurant } from '@tasklearn/lifelong';
 *
 * const restaurant = chineseRestaurant({ concentration: 1, most: 3, least: 1e-3, patience: Infinity });
 * const { state } = restaurant.seat(restaurant.begin(), [0, 0, 0], 0); // The first observation is the first component's.
 * const { opened } = restaurant.seat(state, [-5, 0, 0], 0);
 * opened; // => 1
 * ```
 */
export function chineseRestaurant(options: RestaurantOptions): ChineseRestaurant {
  checked(options);
  const { concentration, most, least, patience } = options;
  const prior = (state: RestaurantState) => {
    const free = state.some((table) => table === undefined);
    const total = state.reduce((sum, table) => sum + (table?.count ?? 0), 0);
    const alpha = free ? concentration : 0;
    if (total + alpha === 0) {
      const present = state.filter((table) => table !== undefined).length;
      return { known: state.map((table) => (table === undefined ? 0 : 1 / present)), fresh: 0 };
    }
    return {
      known: state.map((table) => (table?.count ?? 0) / (total + alpha)),
      fresh: alpha / (total + alpha),
    };
  };
  const next = (state: RestaurantState, responsibilities: readonly number[]): RestaurantState => {
    const used = state.map((table, slot): Table | undefined => {
      const share = responsibilities[slot] as number;
      if (table === undefined && share === 0) return undefined;
      const idle = share >= least ? 0 : (table?.idle ?? 0) + 1;
      return { count: (table?.count ?? 0) + share, idle };
    });
    return used.map((table) => (table !== undefined && table.idle >= patience ? undefined : table));
  };
  return {
    begin: () => Array.from({ length: most }, (_, slot) => (slot === 0 ? { count: 0, idle: 0 } : undefined)),
    prior,
    seat(state, logLikelihoods, logFresh) {
      const first = state.every((table) => table === undefined || table.count === 0);
      const { known, fresh } = prior(state);
      const logs = known.map((probability, slot) =>
        state[slot] === undefined || (probability === 0 && !first)
          ? Number.NEGATIVE_INFINITY
          : (first ? 0 : Math.log(probability)) + (logLikelihoods[slot] as number),
      );
      const logNew = first || fresh === 0 ? Number.NEGATIVE_INFINITY : Math.log(fresh) + logFresh;
      const opens = logNew > Math.max(...logs);
      const opened = opens ? state.indexOf(undefined) : undefined;
      if (opened !== undefined) logs[opened] = logNew;
      const responsibilities = normalized(logs);
      return { responsibilities, opened, state: next(state, responsibilities) };
    },
  };
}
