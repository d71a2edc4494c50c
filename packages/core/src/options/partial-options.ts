/** Any subset of options, nested ones included. */
export type PartialOptions<Options> = {
  readonly [Key in keyof Options]?: Options[Key] extends readonly unknown[] | string | number | boolean | null
    ? Options[Key]
    : PartialOptions<Options[Key]> | Extract<Options[Key], null>;
};
