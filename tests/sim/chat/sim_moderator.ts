import type { Sim } from "../core/sim.ts";
import type { ChatSite } from "./chat_site.ts";
import type { ChatUser } from "./chat_user.ts";
import type { ChatWitness } from "./chat_witness.ts";

/** Somebody at the console of a server who suspends, bans, kicks and forgives. */
export class Moderator {
  readonly #sim: Sim;
  readonly #site: ChatSite;
  readonly #users: readonly ChatUser[];
  readonly #witness: ChatWitness;

  constructor(sim: Sim, site: ChatSite, users: readonly ChatUser[], witness: ChatWitness) {
    this.#sim = sim;
    this.#site = site;
    this.#users = users;
    this.#witness = witness;
  }

  /** Begins to give orders, in some runs. */
  begin(isOver: () => boolean): void {
    const random = this.#sim.stream("moderator");
    if (random.oneIn(4)) return;
    const next = () => {
      this.#sim.clock.after(random.between(500, 8000), () => {
        if (isOver()) return;
        const user = random.pick(this.#users);
        const what = random.below(10);
        if (what < 4) {
          this.#silence("suspend", user, random.oneIn(2) ? "" : ` ${random.between(1, 9)}s`);
        } else if (what < 6) this.#silence("ban", user, ` ${random.between(1, 9)}s`);
        else if (what < 7) this.#site.console(`!kick ${user.nick}`);
        else if (what < 8) this.#site.console("!say order, please");
        else this.#forgive(user);
        next();
      });
    };
    next();
  }

  /** Everybody may do everything again. */
  async forgiveAll(): Promise<void> {
    await this.#sim.until(() => this.#site.isUp, "the server does not start");
    for (const user of this.#users) this.#forgive(user);
  }

  #silence(how: "suspend" | "ban", user: ChatUser, time: string): void {
    const { nick, author } = user;
    if (nick === "") return;
    this.#witness.forgiven(author); // another time takes the place of the one that holds
    this.#site.console(`!${how} ${nick}${time}`, ({ isDone, data }) => {
      if (!isDone || user.author !== author) return;
      this.#witness.forgiven(author); // what was to silence them before may have been waiting, too
      this.#sim.count(`${how}: done`);
      const { timeUs, untilUs } = data as { readonly timeUs: number; readonly untilUs?: number };
      this.#witness.silenced(author, timeUs, untilUs);
    });
  }

  #forgive(user: ChatUser): void {
    const { nick, author } = user;
    this.#witness.forgiven(author);
    // Once more when it is done: what was to silence them may have been waiting until now.
    if (nick !== "") this.#site.console(`!forgive ${nick}`, () => this.#witness.forgiven(author));
  }
}
