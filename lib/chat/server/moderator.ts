import type { LineError } from "../../transport/line_error.ts";
import type { Reply } from "../messages.ts";
import type { Actor } from "../moderation/actor.ts";
import type { Identity } from "../store/chat_store.ts";
import type { ChatHost } from "../chat_host.ts";

/** What a server asks its moderation. */
export interface Moderator {
  /** Why somebody may not come in. */
  admit(identity: Identity): LineError | undefined;
  /** Why somebody may not speak now. */
  mayNotSpeak(identity: Identity): string | undefined;
  isOperator(identity: Identity): boolean;
  /** Runs `!…`. Rejects for defects only. */
  runCommand(actor: Actor, text: string, host: ChatHost): Promise<Reply>;
}
