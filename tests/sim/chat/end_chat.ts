import type { Sim } from "../core/sim.ts";
import type { ChatSite } from "./chat_site.ts";
import type { ChatUser } from "./chat_user.ts";

/** Waits until everybody has everything, ends all in good order, and checks that nothing is left. */
export async function endChat(
  sim: Sim,
  site: ChatSite,
  users: readonly ChatUser[],
  checkTyped: () => void,
  missing: () => string | undefined = () => undefined,
): Promise<void> {
  const lacking = () => {
    for (const user of users) if (user.missing !== undefined) return user.missing;
    return missing();
  };
  if (!await sim.until(() => lacking() === undefined, () => lacking() ?? "")) return;
  sim.note("everybody has everything");
  for (const user of users) user.checkAcknowledged();
  checkTyped();
  for (const user of users) {
    user.isLeaving = true;
    const { ended } = user;
    user.quit();
    if (!await sim.done(ended, `the client of ${user.name} does not end`)) return;
  }
  if (!await sim.done(site.stop(), "the server does not end")) return;
  await sim.until(() => sim.clock.pendingTimers === 0, () => `${sim.clock.pendingTimers} timers`);
}
