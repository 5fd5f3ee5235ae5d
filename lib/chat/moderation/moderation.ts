import type { Clock } from "../../clock/clock.ts";
import { LineError } from "../../transport/line_error.ts";
import type { Reply } from "../messages.ts";
import type { ChatHost } from "../chat_host.ts";
import type { ChatSnapshot, Identity, Sanction } from "../store/chat_store.ts";
import { type Actor, memberOf } from "./actor.ts";
import { type Answer, type ModerationStore, refused } from "./command_call.ts";
import { chooseCommand, type Command } from "./commands.ts";
import { SanctionBook } from "./sanction_book.ts";
import { bannedText, suspendedText } from "./sanction_text.ts";
import { StoreError } from "../../store/store_error.ts";
import { safeText } from "../../terminal/safe_text.ts";

/** What a {@linkcode Moderation} works with. */
export interface ModerationOptions {
  readonly store: ModerationStore;
  readonly clock: Clock;
  /** What the store held at the start. */
  readonly snapshot: Pick<ChatSnapshot, "sanctions" | "operators">;
  /** Names of tokens whose owners are operators, whatever the store says. */
  readonly operators: Iterable<string>;
}

/**
 * Who may come in, speak, and give orders; and the commands that begin with `!`.
 *
 * 1. What a command changes is durable before it takes effect, and before it is answered.
 * 2. Commands that change something run one after the other, so that the second of two that say the
 *    same sees what the first has done.
 * 3. What ends by time is noticed when it is asked for: there are no timers.
 */
export class Moderation {
  readonly #options: ModerationOptions;
  readonly #book: SanctionBook;
  readonly #named: ReadonlySet<Identity>;
  /** Ends when the last command that changes something has. */
  #tail: Promise<unknown> = Promise.resolve();

  constructor(options: ModerationOptions) {
    this.#options = options;
    this.#book = new SanctionBook(options.snapshot);
    this.#named = new Set([...options.operators].map((name) => `token:${name}`));
  }

  /** Why somebody may not come in: `chat.banned`. Nothing when they may. */
  admit(identity: Identity): LineError | undefined {
    const nowUs = this.#options.clock.wallUs();
    const ban = this.#book.find("ban", identity, nowUs);
    return ban === undefined ? undefined : new LineError("chat.banned", bannedText(ban, nowUs));
  }

  /** The suspension that holds for somebody now. */
  suspensionOf(identity: Identity): Sanction | undefined {
    return this.#book.find("suspend", identity, this.#options.clock.wallUs());
  }

  /** Why somebody may not speak or send files now, for REFUSED `suspended`; nothing when they may. */
  mayNotSpeak(identity: Identity): string | undefined {
    const nowUs = this.#options.clock.wallUs();
    const suspension = this.#book.find("suspend", identity, nowUs);
    return suspension === undefined ? undefined : suspendedText(suspension, nowUs);
  }

  /** Whether somebody may do what operators may. */
  isOperator(identity: Identity): boolean {
    return this.#named.has(identity) || this.#book.isOperator(identity);
  }

  /**
   * Runs a command. What goes wrong is in the reply; it rejects for a defect alone.
   *
   * @param text `!ban bob 7d spam`
   */
  async runCommand(actor: Actor, text: string, host: ChatHost): Promise<Reply> {
    const { name, rest, found } = chooseCommand(text, actor, this.#isPrivileged(actor));
    if ("isDone" in found) return { command: name, ...found };
    const call = {
      ...this.#options,
      actor,
      rest,
      host,
      book: this.#book,
      isOperator: (identity: Identity) => this.isOperator(identity),
      isNamedOperator: (identity: Identity) => this.#named.has(identity),
    };
    const run = async (): Promise<Answer> => {
      // Again: the rank may have been lost while others were served.
      const fault = this.#faultOf(actor, found);
      return fault === undefined ? await found.run(call) : refused(fault);
    };
    try {
      return { command: name, ...await (found.isChange ? this.#inTurn(run) : run()) };
    } catch (error) {
      if (!(error instanceof StoreError)) throw error;
      return { command: name, ...refused(safeText(`Cannot do ${name}: ${error.message}`)) };
    }
  }

  #inTurn(run: () => Promise<Answer>): Promise<Answer> {
    const result = this.#tail.then(run);
    this.#tail = result.catch(() => {});
    return result;
  }

  #isPrivileged(actor: Actor): boolean {
    const member = memberOf(actor);
    return member === undefined || this.isOperator(member.identity);
  }

  #faultOf(actor: Actor, { name, isForAll }: Command): string | undefined {
    const member = memberOf(actor);
    if (isForAll || member === undefined) return undefined;
    if (!this.isOperator(member.identity)) return `Cannot do ${name}: only operators can`;
    const suspended = this.mayNotSpeak(member.identity);
    return suspended === undefined ? undefined : safeText(`Cannot do ${name}: ${suspended}`);
  }
}
