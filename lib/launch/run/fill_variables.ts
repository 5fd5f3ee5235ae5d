/**
 * Variables in what a role is started with: `{index}`, `{host}` (name of the copy's machine),
 * `{address}` (by which others reach it), `{server.host}` (the address of another role's machine),
 * `{server.pid}` (the number of its process) and `{server.port}`, a value of the line by which another
 * role says that it is ready; `{server.2.port}` is that of its second copy. `{run}`, the run's folder,
 * is filled in by the guard. Other braces stay as they are: programs of their own use them.
 */

const VARIABLE = /\{([A-Za-z][\w-]*(?:\.[\w-]+)*)\}/g;

/** What a name with a dot says. */
export interface RoleVariable {
  readonly role: string;
  /** From 1. */
  readonly index: number;
  readonly value: string;
}

/** Names without a dot. */
const PLAIN: readonly string[] = ["index", "host", "address"];

/** The parts of `server.port` or `server.2.port`; `undefined` for what has no dot. */
export function roleVariable(name: string): RoleVariable | undefined {
  const [, role, index = "1", value] = /^([\w-]+)(?:\.(\d+))?\.([A-Za-z][\w-]*)$/.exec(name) ?? [];
  if (role === undefined || value === undefined) return undefined;
  return { role, index: Number(index), value };
}

/** Names of variables in a text, those of `PLAIN` and those with a dot. */
export function variablesIn(text: string): readonly string[] {
  return [...text.matchAll(VARIABLE)].flatMap(([, name = ""]) =>
    PLAIN.includes(name) || name.includes(".") ? [name] : []
  );
}

/** `text` with the values that are known in it; what `valueOf` does not know stays as it is. */
export function fillVariables(
  text: string,
  valueOf: (name: string) => string | undefined,
): string {
  return text.replace(VARIABLE, (all, name: string) => valueOf(name) ?? all);
}
