import { fileURLToPath } from 'node:url';
import { main } from '../cli/main.node.js';

/** A function that runs a command in this process, with the plugin of a file in this folder: its exit code, all its texts and, with --json, what it printed last. */
export function commandWith(pluginFile: string) {
  const plugin = fileURLToPath(new URL(pluginFile, import.meta.url));
  return async (...args: string[]) => {
    const texts: string[] = [];
    const values: unknown[] = [];
    let code = 0;
    const say = (text: string) => texts.push(text);
    await main([...args, '--plugin', plugin], {
      command: 'tasklearn',
      terminal: {
        interactive: false,
        print: say,
        note: say,
        json: (value: unknown) => values.push(value),
        paint: (_style, text) => text,
      },
      exitWith: (given) => {
        code = given;
      },
    });
    return { code, text: texts.join('\n'), last: values.at(-1) as Record<string, never> };
  };
}
