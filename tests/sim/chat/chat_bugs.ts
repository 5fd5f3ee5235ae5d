/** Bugs in a chat that are put in on purpose. */
import type { ChatSnapshot, Post } from "../../../lib/chat/store/chat_store.ts";
import type { DeliberateBug } from "../core/scenario.ts";
import type { Sim } from "../core/sim.ts";
import type { DiskBugs } from "./chat_disk.ts";

/** Bugs of the scenario `chat`; those of clients are in `client_bugs.ts`. */
export const CHAT_BUGS: readonly DeliberateBug[] = [
  {
    name: "hasty store",
    what: "the store answers before it has committed",
    breaks: "kept",
  },
  {
    name: "state that is never synced",
    what: "the state file of a client is not on the disk when it says so",
    breaks: "kept",
  },
  {
    name: "seen lines are noted too far",
    what: "a client notes one line more than it has shown",
    breaks: "kept",
  },
  {
    name: "seen lines are not noted",
    what: "a client does not note what it has shown",
    breaks: "once",
  },
  {
    name: "forgotten sequences",
    what: "the store does not know what it has of a session",
    breaks: "once",
  },
  {
    name: "swapped posts",
    what: "the store commits the posts of a batch the other way round",
    breaks: "order",
  },
  {
    name: "sorted posts",
    what: "the store commits private lines of a batch before those for rooms",
    breaks: "order",
  },
  {
    name: "wrong inbox",
    what: "private lines go to another session",
    breaks: "oracle",
  },
  {
    name: "forgotten sanctions",
    what: "a server that starts knows nobody who may not speak",
    breaks: "oracle",
  },
  {
    name: "outbox without a limit",
    what: "a client keeps as many lines as are typed",
    breaks: "memory",
  },
  {
    name: "leaking client",
    what: "a client does not give buffers back",
    breaks: "memory",
  },
  {
    name: "leaked buffers",
    what: "the server does not give buffers back",
    breaks: "memory",
  },
  {
    name: "mute store",
    what: "the store never says that a commit has failed",
    breaks: "ends",
  },
  {
    name: "sleeping client",
    what: "a client does not notice that a line is safe and may be sent",
    breaks: "ends",
  },
];

/** Bugs of the scenario `relay`. */
export const RELAY_BUGS: readonly DeliberateBug[] = [
  ...CHAT_BUGS.filter(({ name }) =>
    [
      ...["hasty store", "state that is never synced", "forgotten sequences", "mute store"],
      ...["sleeping client", "leaked buffers", "leaking client"],
    ].includes(name)
  ),
  {
    name: "forgotten pairs",
    what: "a server that starts knows nothing of the pairs before",
    breaks: "kept",
  },
  {
    name: "echoed messages",
    what: "a client is told the message before once more",
    breaks: "order",
  },
  {
    name: "doubled events",
    what: "the store has each event of a move twice",
    breaks: "once",
  },
  {
    name: "forgotten move",
    what: "a server that starts does not know the last event of a pair",
    breaks: "oracle",
  },
  {
    name: "other move",
    what: "the store has another move than was played",
    breaks: "oracle",
  },
];

/** Those that are between the server and its store. */
export function diskBugs(sim: Sim): DiskBugs {
  if (sim.hasBug("hasty store")) return { isHasty: true };
  if (sim.hasBug("mute store")) return { isMute: true };
  if (sim.hasBug("swapped posts")) return { posts: (posts) => rearranged(posts, newestFirst) };
  if (sim.hasBug("sorted posts")) {
    const isRoom = ({ to }: Post) => Number(to.kind === "room");
    return { posts: (posts) => rearranged(posts, (a, b) => isRoom(a) - isRoom(b)) };
  }
  if (sim.hasBug("forgotten sequences")) {
    let last = 0;
    return {
      sequence: () => ++last,
      found: (read, found) =>
        read.kind === "find" && found !== undefined ? { ...found, highestSequence: 0 } : found,
    };
  }
  if (sim.hasBug("wrong inbox")) {
    return {
      misread: ({ to }) => {
        if (to.kind === "private" && to.author > 1) Object.assign(to, { author: to.author - 1 });
      },
    };
  }
  if (sim.hasBug("forgotten sanctions")) {
    return {
      found: (read, found) => read.kind === "load" ? { ...found, sanctions: [] } : found,
    };
  }
  return relayBugs(sim);
}

function relayBugs(sim: Sim): DiskBugs {
  const ofLoad = (change: (pairs: ChatSnapshot["pairs"]) => ChatSnapshot["pairs"]): DiskBugs => ({
    found: (read, found) => read.kind === "load" ? { ...found, pairs: change(found.pairs) } : found,
  });
  const ofEvents = (change: (events: readonly string[]) => readonly string[]): DiskBugs => ({
    posts: (posts) =>
      posts.map((post) => {
        const { to } = post;
        return to.kind === "relay" ? { ...post, to: { ...to, events: change(to.events) } } : post;
      }),
  });
  if (sim.hasBug("forgotten pairs")) return ofLoad(() => []);
  if (sim.hasBug("forgotten move")) {
    return ofLoad((pairs) => pairs.map((pair) => ({ ...pair, events: pair.events.slice(0, -1) })));
  }
  if (sim.hasBug("doubled events")) return ofEvents((events) => [...events, ...events]);
  if (sim.hasBug("other move")) {
    return ofEvents((events) => events.map((text) => text.replace(/"[abc]1"/, '"b2"')));
  }
  return {};
}

function newestFirst(a: Post, b: Post): number {
  return b.sequence - a.sequence;
}

/** What each author says, in another order. */
function rearranged(
  posts: readonly Post[],
  compare: (a: Post, b: Post) => number,
): readonly Post[] {
  const changed = [...posts];
  for (const own of Map.groupBy(posts, ({ author }) => author).values()) {
    for (const [at, { to, text }] of own.toSorted(compare).entries()) {
      const slot = own[at];
      if (slot !== undefined) changed[posts.indexOf(slot)] = { ...slot, to, text };
    }
  }
  return changed;
}
