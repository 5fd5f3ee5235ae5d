import type { Clock } from "../../clock/clock.ts";
import { InputError } from "./input_source.ts";

/** How long a server may say nothing, in milliseconds: less than a task may go without progress. */
const SILENCE_MS = 20_000;

/**
 * Waits for what a server does next.
 *
 * @throws {InputError} when it does nothing for {@linkcode SILENCE_MS}
 */
export async function inTime<T>(step: Promise<T>, clock: Clock): Promise<T> {
  const { promise: silence, reject } = Promise.withResolvers<never>();
  const timer = clock.after(SILENCE_MS, () => {
    const message = `cannot be fetched: the server said nothing for ${SILENCE_MS / 1000} s`;
    reject(new InputError("unreadable", message));
  });
  try {
    return await Promise.race([step, silence]);
  } finally {
    timer.cancel();
    step.catch(() => {}); // it may fail later, when nobody wants it
  }
}
