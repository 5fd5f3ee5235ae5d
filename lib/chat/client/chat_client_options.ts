import type { ChatEvent } from "../chat_event.ts";
import type { SessionRunnerOptions } from "./session_runner.ts";

/** What a `ChatClient` works with. */
export interface ChatClientOptions extends SessionRunnerOptions {
  /** Name to ask for, where somebody said so. */
  readonly nick?: string | undefined;
  /** Name to ask for where nothing is remembered. */
  readonly defaultNick: string;
  /** Rooms to be in. @default {those of last time, else none} */
  readonly rooms?: readonly string[] | undefined;
  /** How many of the last lines to ask for of a room that was never seen. */
  readonly last: number;
  /** Told what happens, in order. */
  readonly emit: (event: ChatEvent) => void;
  /** As `EventQueue` asks for it. */
  readonly drained?: (() => Promise<void>) | undefined;
}

/** Why there is no line now. */
export interface Trouble {
  readonly code: string;
  readonly message: string;
  /** When it is tried again, in nanoseconds of the clock; `undefined`: not by itself. */
  readonly retryAtNs: number | undefined;
}
