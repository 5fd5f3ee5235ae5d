import { nickKey } from "../nick/nick_key.ts";
import type { ChatSnapshot, Identity, ModerationEntry, Sanction } from "../store/chat_store.ts";

type Kind = Sanction["action"];

/**
 * Who is banned, suspended or an operator, in memory. Pure: what has run out is noticed when somebody
 * asks, at the time that they give; there are no timers.
 */
export class SanctionBook {
  readonly #sanctions: Readonly<Record<Kind, Map<Identity, Sanction>>> = {
    ban: new Map(),
    suspend: new Map(),
  };
  readonly #operators: Set<Identity>;

  constructor({ sanctions, operators }: Pick<ChatSnapshot, "sanctions" | "operators">) {
    this.#operators = new Set(operators);
    for (const sanction of sanctions) {
      this.#sanctions[sanction.action].set(sanction.identity, sanction);
    }
  }

  /** What holds for somebody, if it does. */
  find(kind: Kind, identity: Identity, nowUs: number): Sanction | undefined {
    const sanction = this.#sanctions[kind].get(identity);
    if (sanction === undefined || holds(sanction, nowUs)) return sanction;
    this.#sanctions[kind].delete(identity);
    return undefined;
  }

  /** What holds for somebody who had that name when it was said. */
  findByNick(nick: string, nowUs: number): Sanction | undefined {
    const key = nickKey(nick);
    return this.holding(nowUs).find((each) => nickKey(each.nick) === key);
  }

  /** All that holds, oldest first. */
  holding(nowUs: number): readonly Sanction[] {
    const all = Object.values(this.#sanctions).flatMap((of) => [...of.values()]);
    return all.filter((each) => holds(each, nowUs)).sort((a, b) => a.timeUs - b.timeUs);
  }

  /** Whether somebody is an operator because of `!op`. */
  isOperator(identity: Identity): boolean {
    return this.#operators.has(identity);
  }

  /** Takes over what an entry of the log does. To be called when it is durable. */
  apply(entry: ModerationEntry): void {
    const { action, identity } = entry;
    switch (action) {
      case "ban":
      case "suspend":
        this.#sanctions[action].set(identity, { ...entry, action });
        break;
      case "forgive":
        this.#sanctions.ban.delete(identity);
        this.#sanctions.suspend.delete(identity);
        break;
      case "op":
        this.#operators.add(identity);
        break;
      case "deop":
        this.#operators.delete(identity);
        break;
      case "kick":
      case "say":
      case "shutdown":
    }
  }
}

function holds({ untilUs }: Sanction, nowUs: number): boolean {
  return untilUs === undefined || nowUs < untilUs;
}
