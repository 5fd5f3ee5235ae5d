import { turn } from "../clock/turn.ts";

/** How long sockets may keep each other waiting, in milliseconds. */
const MOST_MS = 5;

/** Every so many looks are sure ones. */
const SURE_EVERY = 100;

const NOTHING = new Uint8Array(0);

/** When it was looked at all sockets last, in milliseconds. */
let lookedMs = 0;

/** Looks so far. */
let looks = 0;

/** The look that is being taken. */
let looking: Promise<void> | undefined;

/**
 * Lets the other sockets of the process have their turn, if it is time: for those who read much from
 * theirs. While one of them goes on, the runtime (tokio, below Deno) looks for what has come elsewhere
 * only every 61st turn of the event loop, so that three streams without end would keep others waiting
 * for a second. It looks at once when there is nothing to do: so all stand still together, for as
 * short as possible.
 *
 * @returns what to wait for; `undefined`: nothing
 */
export function giveWay(): Promise<void> | undefined {
  if (looking !== undefined || performance.now() - lookedMs < MOST_MS) return looking;
  return looking = standStill();
}

/**
 * The first turn is for the others to join. A hash of nothing is made by another thread, in some 50
 * us, in which this one has nothing to do; unless the processors are busy, and the hash is there
 * before this thread has come to rest. So now and then it is a timer, the shortest of which takes 2 ms.
 */
async function standStill(): Promise<void> {
  await turn();
  if (++looks % SURE_EVERY === 0) await new Promise((resolve) => setTimeout(resolve, 0));
  else await crypto.subtle.digest("SHA-256", NOTHING);
  looking = undefined;
  lookedMs = performance.now();
}
