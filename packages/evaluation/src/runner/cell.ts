import { armsOf, type ResolvedLearner, type ResolvedPlan } from '../plan/plan.js';

/** One learner, or one reference, on one seed: the unit that is run, resumed and skipped. */
export interface Cell {
  /** Name of its folder, unique in the run. */
  readonly key: string;
  readonly learner: ResolvedLearner;
  /** Set where it is no learner but a reference policy of the distribution: the reference's name. */
  readonly reference?: string;
  readonly seed: number;
}

/** Lower-case letters, digits and hyphens. */
function slug(text: string): string {
  return (
    text
      .toLowerCase()
      .replace(/[^a-z0-9]+/g, '-')
      .replace(/^-|-$/g, '') || 'learner'
  );
}

/**
 * All cells of a plan, seed by seed, learners in the plan's order, then references.
 *
 * @param plan - complete.
 */
export function cellsOf(plan: ResolvedPlan): Cell[] {
  const arms = armsOf(plan);
  const slugs = arms.map(({ name }) => slug(name));
  const folders = slugs.map((each, index) => (slugs.indexOf(each) === index ? each : `${each}-${index + 1}`));
  return plan.seeds.flatMap((seed) =>
    arms.map((learner, index) => ({
      key: `${folders[index]}-seed-${seed}`,
      learner,
      ...(index < plan.learners.length ? {} : { reference: learner.name }),
      seed,
    })),
  );
}
