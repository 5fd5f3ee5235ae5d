import type { Connection } from "../transport/connection.ts";
import type { Candidate } from "../transport/listen.ts";
import type { Handlers } from "../transport/routes.ts";
import type { SessionGate } from "../transport/server_handshake.ts";
import type { Reply } from "./messages.ts";
import type { CompletionWords } from "./moderation/console_completion.ts";
import type { ChatKinds } from "./protocol.ts";

/** What `tram chat serve` serves: rooms, or a relay. */
export interface Served extends Disposable {
  readonly gate: SessionGate;
  /** Resolves with a reason when somebody has ordered the end, and it is time. */
  readonly ended: Promise<string>;
  /** @throws {LineError} why somebody may not come in */
  admit(candidate: Candidate): void;
  /** Takes a client in. */
  join(connection: Connection<ChatKinds>): Handlers<ChatKinds>;
  /** Runs a command of the console. */
  run(command: string): Promise<Reply>;
  /** Names that the console completes. */
  words(): CompletionWords;
  /** What is going on, in a few words. */
  status(): string;
  /** Takes nothing any more, waits until what was taken is stored, and says so. */
  drain(reason: string): Promise<void>;
}

/** What both need of the command. */
export interface ServedOptions {
  readonly onTrouble: (error: unknown) => void;
  readonly onHealed: () => void;
}
