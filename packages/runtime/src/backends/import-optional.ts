/** A module, or why there is none. */
export type Imported =
  | { readonly module: Readonly<Record<string, unknown>> }
  | { readonly reason: string; readonly absent: boolean };

/** Codes that engines give to an import of a package that is not installed. */
const ABSENT =
  /ERR_MODULE_NOT_FOUND|MODULE_NOT_FOUND|Failed to resolve module specifier|bare specifier|Cannot find (package|module)/;

/**
 * Imports a package that may be absent. The name is held in a variable so that bundlers do not resolve it.
 *
 * @param name - package name.
 * @param load - how to import it instead, e.g. `() => import('...')` written where a bundler sees it.
 */
export async function importOptional(name: string, load?: () => Promise<unknown>): Promise<Imported> {
  try {
    const hidden = name;
    const imported =
      load === undefined ? await import(/* @vite-ignore */ /* webpackIgnore: true */ hidden) : await load();
    return { module: imported as Readonly<Record<string, unknown>> };
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    const code = (error as { readonly code?: string }).code ?? '';
    const absent = ABSENT.test(`${code} ${message}`) && message.includes(name);
    return {
      absent,
      reason: absent ? `${name} is not installed` : (message.split('\n')[0] as string).trim(),
    };
  }
}
