import { safeJson } from "../../terminal/safe_text.ts";
import { LineFlag } from "../line_codec.ts";
import type { ChatEvent } from "../chat_event.ts";

/** An event as one line of JSON, for programs: `type` first; lines say in words what their flags are. */
export function eventJson(event: ChatEvent): string {
  if (event.type !== "line") return safeJson(event);
  const { type, flags, ...line } = event;
  return safeJson({
    type,
    ...line,
    isPrivate: (flags & LineFlag.Private) !== 0,
    isReplayed: (flags & LineFlag.Replayed) !== 0,
  });
}
