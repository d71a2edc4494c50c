/**
 * Where running sums of squared gradients start. Not 0: the slope of √v at v = 0 is infinite and would turn the
 * derivative through an update into NaN wherever a gradient is exactly 0 (a unit that is off). Its root, 1e-15,
 * vanishes beside every ε, and it costs no operation per step.
 */
export const SECOND_MOMENT_FLOOR = 1e-30;
