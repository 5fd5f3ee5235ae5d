/**
 * How servers tell what happens to them: all in the same words, as lines of the log, and with `--json`
 * as events on standard output.
 */
import { StoreError } from "../store/store_error.ts";
import { safeJson, safeText } from "../terminal/safe_text.ts";
import type { ServerEvent } from "../transport/listen.ts";
import { type Address, formatAddress, type Network } from "../transport/network.ts";
import type { Token } from "../transport/token.ts";
import type { Logger } from "./log.ts";
import { eventLine, listeningLine, logServerEvent } from "./server_log.ts";
import { warnOfExposure } from "./warn_of_exposure.ts";

/** What a {@linkcode ServerVoice} is made of. */
export interface ServerVoiceParts {
  readonly log: Logger;
  /** Standard output. */
  readonly stdout: { write(text: string): void };
  readonly json: boolean;
}

/** Tells what happens to a server. */
export class ServerVoice {
  readonly #log: Logger;
  readonly #json: boolean;
  /** Where events go; a prompt may come between. */
  output: { write(text: string): void };

  constructor({ log, stdout, json }: ServerVoiceParts) {
    this.#log = log;
    this.#json = json;
    this.output = stdout;
  }

  /** An event, with `--json`. */
  say(event: Readonly<Record<string, unknown>>): void {
    if (this.#json) this.output.write(`${safeJson(event)}\n`);
  }

  /** It listens: the first line of standard output. */
  listening(
    address: Address,
    access: {
      readonly host: string;
      readonly tokens: readonly Token[] | undefined;
      readonly network: Network;
    },
  ): void {
    this.output.write(`${listeningLine(address, this.#json)}\n`);
    warnOfExposure(this.#log, access);
  }

  /** Somebody comes, goes, or is refused. */
  readonly event = (event: ServerEvent): void => {
    if (this.#json) this.output.write(`${eventLine(event, "json")}\n`);
    logServerEvent(this.#log, event);
  };

  /** The store takes nothing. */
  readonly trouble = (error: unknown): void => {
    const code = error instanceof StoreError ? error.code : "other";
    const message = error instanceof Error ? error.message : String(error);
    this.say({ type: "trouble", code, message });
    this.#log.logLimited("warn", `store ${code}`, `the store takes nothing: ${message}`, { code });
  };

  /** It takes something again. */
  readonly healed = (): void => {
    this.say({ type: "healed" });
    this.#log.info("the store takes what comes again");
  };

  /** It ends, in good order. @param reason what whoever ended it gave; may be empty */
  closing(address: Address, reason = ""): void {
    this.say({ type: "closing", reason });
    this.#log.info(
      `closing ${formatAddress(address)}${reason === "" ? "" : `: ${safeText(reason)}`}`,
    );
  }
}
