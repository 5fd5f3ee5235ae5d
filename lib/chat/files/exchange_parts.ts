import type { Clock } from "../../clock/clock.ts";
import type { FileEvent } from "../chat_event.ts";
import type { FileAccess } from "./file_access.ts";
import type { FileNotes } from "./file_notes.ts";

/** What both directions of an exchange of files share. */
export interface ExchangeParts {
  readonly clock: Clock;
  readonly files: FileAccess;
  readonly notes: FileNotes;
  readonly chunkBytes: number;
  /** Who receives, as journals say it. */
  readonly receiver: string;
  readonly emit: (event: FileEvent) => void;
  /** The next number for people. */
  readonly newNumber: () => number;
}

/** The part of a message that people get of whatever was thrown. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
