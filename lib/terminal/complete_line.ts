/** What Tab does. */

/** What could stand where somebody presses Tab. */
export interface Completion {
  /** UTF-16 index of where the candidates begin; they go from there to the cursor. */
  readonly from: number;
  readonly candidates: readonly string[];
}

/**
 * What to put in the place of `typed`: the only candidate, or what several begin with.
 *
 * @param typed what stands between the start of the candidates and the cursor
 * @returns `undefined` when they tell no more than what is typed
 */
export function completeLine(typed: string, candidates: readonly string[]): string | undefined {
  const [first = "", ...others] = candidates;
  const common = others.reduce(commonStart, first);
  // Several that differ in case from what is typed must not shorten it.
  return common.length < typed.length || common === typed ? undefined : common;
}

function commonStart(one: string, other: string): string {
  const [ones, others] = [[...one], [...other]];
  const end = ones.findIndex((character, i) => character !== others[i]);
  return end < 0 ? one : ones.slice(0, end).join("");
}
