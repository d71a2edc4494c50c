import type {
  ControlAgent,
  Executor,
  HostTensor,
  Prepared,
  RecordableReward,
  Rng,
  TimeSteps,
  TreeSpec,
} from '@tasklearn/core';
import { rowWidth } from '../models/normalizer.js';
import { hostTensor } from '../planners/plan-state.js';
import type { PlanState } from '../planners/planner.js';
import type { Composition } from './composition.js';
import type { ModelBasedOptions } from './model-based-options.js';
import { type AgentParameters, type PlanStepInput, planStep } from './plan-step.js';

/** State of T trials; arrays are never written to once they are in it. */
export interface PlanningState {
  readonly trials: number;
  /** What is being executed, [T * H * A] in the planner's box; zeros at the beginning of an episode. */
  readonly plan: Float32Array;
  /** Steps of the plan executed so far; H where there is none. */
  readonly age: number;
  /** The last M transitions, [T * M * W], oldest first, and which of them there are, [T * M]. */
  readonly window: Float32Array;
  readonly mask: Float32Array;
  /** What was seen when acting last, [T * O]. */
  readonly observation: Float32Array;
}

/** One plan, for those who want to know what was predicted. */
export interface PlanReport {
  /** Predicted return of each trial's plan. */
  readonly values: Float32Array;
  /** Best minus worst predicted return among the candidates of each trial: 0 is no signal. */
  readonly signals: Float32Array;
}

/** What a {@link planningAgent} is made of. */
export interface PlanningAgentOptions {
  readonly parts: Composition;
  readonly options: ModelBasedOptions;
  readonly spec: TreeSpec;
  readonly reward?: RecordableReward;
  readonly executor: Executor;
  readonly parameters: AgentParameters;
  /** Told after every step what was planned, or `undefined` where an older plan was followed. */
  readonly onPlan?: (report: PlanReport | undefined) => void;
}

/** A planning agent whose parameters can be replaced while its compiled step is kept. */
export interface PlanningAgent extends ControlAgent<PlanningState> {
  /** Acts with other parameters from now on. */
  use(parameters: AgentParameters): void;
}

/** The plan moved on by the steps executed, zeros at its end. */
function movedOn(plan: Float32Array, trials: number, steps: number, width: number): Float32Array {
  const length = plan.length / trials;
  const next = new Float32Array(plan.length);
  for (let trial = 0; trial < trials; trial += 1)
    next.set(
      plan.subarray(trial * length + Math.min(length, steps * width), (trial + 1) * length),
      trial * length,
    );
  return next;
}

/** Makes plans: one prepared function, called once per iteration of the planner. */
function createPlanMaker(made: PlanningAgentOptions) {
  const { parts, options, executor } = made;
  const { planner, horizon, sizes, model } = parts;
  const prepared = executor.prepare(planStep(parts, options, made.spec, made.reward) as never, {
    name: 'plan step',
  }) as unknown as Prepared<PlanStepInput<HostTensor>, PlanState<HostTensor>>;
  const width = rowWidth(sizes);
  return {
    async plan(parameters: AgentParameters, state: PlanningState, observation: Float32Array, rng: Rng) {
      const { trials } = state;
      const shape = { trials, horizon, action: sizes.action };
      const warm = movedOn(state.plan, trials, state.age, sizes.action);
      let found = planner.begin(shape, warm, rng.split('begin'));
      const recent =
        model.window === 0
          ? {}
          : {
              window: hostTensor([trials, model.window, width], state.window),
              mask: hostTensor([trials, model.window], state.mask),
            };
      const observations = hostTensor([trials, sizes.observation], observation);
      for (let iteration = 0; iteration < planner.iterations; iteration += 1) {
        const input = { ...parameters, observations, ...recent, state: found };
        found = (await prepared.run(input as never, rng.split(iteration))) as never;
      }
      return found;
    },
    dispose: () => prepared.dispose(),
  };
}

/** The window of every trial that moved, with its newest transition at the end. */
function remembered(
  state: PlanningState,
  { parts }: PlanningAgentOptions,
  actions: Float32Array,
  steps: TimeSteps,
  active: Uint8Array,
): Pick<PlanningState, 'window' | 'mask'> {
  const { sizes, model } = parts;
  const [width, length] = [rowWidth(sizes), model.window];
  if (length === 0) return state;
  const [window, mask] = [state.window.slice(), state.mask.slice()];
  const taken = parts.actions.fromEnvironment(actions);
  const { observation, action } = sizes;
  for (let trial = 0; trial < state.trials; trial += 1) {
    if (active[trial] !== 1) continue;
    const [from, to] = [trial * length * width, (trial + 1) * length * width];
    window.copyWithin(from, from + width, to);
    mask.copyWithin(trial * length, trial * length + 1, (trial + 1) * length);
    mask[(trial + 1) * length - 1] = 1;
    const at = to - width;
    window.set(state.observation.subarray(trial * observation, (trial + 1) * observation), at);
    window.set(taken.subarray(trial * action, (trial + 1) * action), at + observation);
    window.set(
      steps.observation.subarray(trial * observation, (trial + 1) * observation),
      at + observation + action,
    );
    window[at + width - 2] = steps.reward[trial] as number;
    window[at + width - 1] = steps.discount[trial] as number;
  }
  return { window, mask };
}

/**
 * Acts by planning through its model: plans anew every `replanEvery` steps, starting from its last plan, for all trials
 * in lock-step and one call per iteration. Replanning changes the actions; the adapter, on the window, the model.
 */
export function planningAgent(made: PlanningAgentOptions): PlanningAgent {
  const { parts, options, onPlan } = made;
  const { horizon, sizes, model, actions } = parts;
  const maker = createPlanMaker(made);
  const every = options.control.replanEvery === 0 ? horizon : Math.min(horizon, options.control.replanEvery);
  let parameters = made.parameters;
  const empty = (trials: number) => ({
    plan: new Float32Array(trials * horizon * sizes.action),
    age: horizon,
    window: new Float32Array(trials * model.window * rowWidth(sizes)),
    mask: new Float32Array(trials * model.window),
    observation: new Float32Array(trials * sizes.observation),
  });
  return {
    use(next) {
      parameters = next;
    },
    beginTrials: (trials) => ({ trials, ...empty(trials) }),
    async act(state, steps, _active, rng) {
      const observation = steps.observation.slice();
      let { plan, age } = state;
      if (age >= every) {
        const found = await maker.plan(parameters, state, observation, rng);
        plan = found.plan.data as Float32Array;
        age = 0;
        onPlan?.({ values: found.value.data as Float32Array, signals: found.signal.data as Float32Array });
      } else onPlan?.(undefined);
      const length = horizon * sizes.action;
      const chosen = new Float32Array(state.trials * sizes.action);
      for (let trial = 0; trial < state.trials; trial += 1) {
        const from = trial * length + age * sizes.action;
        chosen.set(plan.subarray(from, from + sizes.action), trial * sizes.action);
      }
      return { actions: actions.fromPlan(chosen), state: { ...state, plan, age: age + 1, observation } };
    },
    observe: (state, taken, steps, active) => ({
      ...state,
      ...remembered(state, made, taken, steps, active),
    }),
    endEpisode: (state) => ({ ...state, ...empty(state.trials) }), // No window crosses an episode's end.
    adapt: async (state) => state, // The model follows within the episode.
    dispose: () => maker.dispose(),
  };
}
