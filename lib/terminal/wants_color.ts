/** What the environment and the stream say about an output. */
type Env = Readonly<Partial<Record<string, string>>>;

/** True when an output can be drawn on: a terminal, and none that only types lines. */
export function canDraw(env: Env, isTerminal: boolean): boolean {
  return isTerminal && env["TERM"] !== "dumb";
}

/**
 * True when text for an output shall have colours. `NO_COLOR` (https://no-color.org) says no before
 * `FORCE_COLOR` says yes, or no with `0`; an empty variable says nothing. Else a terminal gets
 * colours unless `TERM` is `dumb`.
 */
export function wantsColor(env: Env, isTerminal: boolean): boolean {
  if (env["NO_COLOR"]) return false;
  if (env["FORCE_COLOR"]) return env["FORCE_COLOR"] !== "0";
  return canDraw(env, isTerminal);
}
