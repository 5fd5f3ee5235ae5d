import { sleep } from "../../clock/sleep.ts";
import type { RunContext } from "../../context.ts";
import type { Address } from "../../transport/network.ts";

/** Time between two tries, in milliseconds. */
const EVERY_MS = 100;

/** Resolves when somebody listens at one of these addresses. @throws the signal's reason */
export async function waitForPort(
  { network, clock }: Pick<RunContext, "network" | "clock">,
  addresses: readonly Address[],
  signal: AbortSignal,
): Promise<void> {
  for (;;) {
    for (const address of addresses) {
      try {
        (await network.connect(address, signal)).close();
        return;
      } catch {
        // Not there, or not yet.
      }
    }
    await sleep(clock, EVERY_MS, signal);
  }
}
