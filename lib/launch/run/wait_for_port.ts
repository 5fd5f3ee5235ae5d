import { sleep } from "../../clock/sleep.ts";
import type { RunContext } from "../../context.ts";
import type { Address } from "../../transport/network.ts";

/** Time between two tries, in milliseconds. */
const EVERY_MS = 100;

/** Resolves when somebody listens at an address. @throws the signal's reason */
export async function waitForPort(
  { network, clock }: Pick<RunContext, "network" | "clock">,
  address: Address,
  signal: AbortSignal,
): Promise<void> {
  for (;;) {
    try {
      (await network.connect(address, signal)).close();
      return;
    } catch {
      await sleep(clock, EVERY_MS, signal);
    }
  }
}
