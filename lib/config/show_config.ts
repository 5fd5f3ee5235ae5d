/** What `--show-config` prints. */
import { safeJson, safeText } from "../terminal/safe_text.ts";
import { formatTable } from "../terminal/table.ts";
import type { CommandTable } from "./command.ts";
import { kebabName } from "./option_names.ts";
import type { Resolved } from "./resolve.ts";

/** One line of JSON: each option's value as text (switches as they are) and where it is from. */
export function configJson(
  { path, options }: CommandTable,
  resolved: ReadonlyMap<string, Resolved>,
  file: string | undefined,
): string {
  const entries = [...resolved].map(([name, { text, value, origin }]) => {
    const option = options[name];
    if (option?.secret && text !== undefined) {
      return [kebabName(name), { value: null, secret: true, from: origin }];
    }
    const shown = option?.kind === "switch" ? value : text ?? null;
    return [kebabName(name), { value: shown, from: origin }];
  });
  return safeJson({
    type: "config",
    command: path.join(" "),
    file: file ?? null,
    options: Object.fromEntries(entries),
  });
}

/** A table with a line for each option. @param columnsAvailable width of the terminal, if it is one */
export function configText(
  { options }: CommandTable,
  resolved: ReadonlyMap<string, Resolved>,
  columnsAvailable: number | undefined,
): string {
  const rows = [...resolved].map(([name, { text, value, origin }]) => {
    const option = options[name];
    const shown = option?.kind === "switch" ? String(value) : text ?? "(none)";
    const secret = option?.secret && text !== undefined;
    return [kebabName(name), safeText(secret ? "(secret)" : shown), safeText(origin)];
  });
  const columns = [{ title: "option" }, { title: "value", flexible: true }, { title: "from" }];
  return formatTable({ columns, rows, columnsAvailable }).map((line) => `${line}\n`).join("");
}
