import type { ClientMemory, Notes } from "../../../lib/chat/client/client_memory.ts";
import type { Sim } from "../core/sim.ts";

/** What a client remembers, with the bugs that are put in on purpose. */
export function withBugs(sim: Sim, memory: ClientMemory): ClientMemory {
  const forgets = sim.hasBug("seen lines are not noted");
  const skips = sim.hasBug("seen lines are noted too far");
  if (sim.hasBug("sleeping client")) return { ...memory, state: sleeping(memory.state) };
  if (!forgets && !skips) return memory;
  const { notes } = memory;
  const changed: Notes = {
    get: (name) => notes.get(name),
    set: (name, value) => {
      if (!name.startsWith("seen:") || value === "") return notes.set(name, value);
      const [store, shown, showing] = value.split(" ");
      const further = `${store} ${Number(shown) + 1} ${Number(showing) + 1}`;
      if (skips) notes.set(name, further);
    },
  };
  return { ...memory, notes: changed };
}

/** A session that tells nobody that there is something to send. */
function sleeping(state: ClientMemory["state"]): ClientMemory["state"] {
  return {
    get session() {
      return state.session;
    },
    outbox: state.outbox,
    onSendable: undefined,
    add: (line) => state.add(line),
    acknowledged: (upTo) => state.acknowledged(upTo),
    begin: (session, entries) => state.begin(session, entries),
  };
}
