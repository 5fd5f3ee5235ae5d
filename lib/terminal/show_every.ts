import type { Clock, Timer } from "../clock/clock.ts";
import type { Screen } from "./screen.ts";

/** Shows what `lines` says at the bottom of a terminal, every `everyMs`, until it is disposed. */
export function showEvery(
  screen: Screen,
  clock: Clock,
  everyMs: number,
  lines: () => readonly string[],
): Disposable {
  let timer: Timer | undefined;
  const show = () => {
    screen.show(lines());
    timer = clock.after(everyMs, show);
  };
  if (screen.isTerminal) timer = clock.after(everyMs, show);
  return {
    [Symbol.dispose]() {
      timer?.cancel();
      screen.show([]);
    },
  };
}
