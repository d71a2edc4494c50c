/** The value of `--name=value`. */
export function flagOf(flags: readonly string[], name: string, fallback: string): string {
  return flags.find((flag) => flag.startsWith(`--${name}=`))?.slice(name.length + 3) ?? fallback;
}
