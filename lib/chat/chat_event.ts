/**
 * What happens to a client of `chat`: the one thing that the terminal, plain lines and `--json` are made
 * of. An event is plain data; as JSON, one per line, it is what bots read.
 */
import type { Line } from "./line_codec.ts";
import type { Notice, Page, PresenceEvent, Refused, Reply, RoomState, You } from "./messages.ts";
import type {
  Exit,
  Message,
  Peer,
  PeerLeft,
  Role,
  SeatNumber,
  State,
  Verdict,
} from "./relay_messages.ts";

/** A transfer of a file, as one side sees it. */
export interface FileEvent {
  /** `out`: this side sends. */
  readonly direction: "in" | "out";
  /** What `!accept` and `!reject` take: counts up from 1 in this process. */
  readonly number: number;
  /** `offered`, then `started`, `progress` …, `done` or `stopped` (it may start again). */
  readonly state: "offered" | "started" | "progress" | "done" | "stopped";
  /** The other side; a room, where one was offered to it and nobody has accepted. */
  readonly peer: string;
  /** Name as the sender gave it. */
  readonly name: string;
  readonly size: number;
  /** Bytes that are there by now. */
  readonly bytes: number;
  /** Where it is on this disk. */
  readonly path?: string | undefined;
  /** Where it went on from, after an interruption. */
  readonly resumedFrom?: number | undefined;
  readonly sha256?: string | undefined;
  /** Why it stopped: a code of FILE_STOP, and words. */
  readonly code?: string | undefined;
  readonly message?: string | undefined;
}

/** Something that happens to a client. */
export type ChatEvent =
  | { readonly type: "connected"; readonly server: string; readonly resumed: boolean }
  | {
    readonly type: "disconnected";
    readonly code: string;
    readonly message: string;
    /** When it is tried again, in milliseconds from now; missing: not by itself. */
    readonly retryMs?: number | undefined;
  }
  | ({ readonly type: "you" } & You)
  | ({
    readonly type: "line";
    /** Said by this session. */
    readonly isOwn: boolean;
    /** It may have been shown before this process was started again. */
    readonly isMaybeSeen: boolean;
  } & Line)
  /** A typed line is safe: it will be sent, also after this process was killed. */
  | {
    readonly type: "queued";
    readonly sequence: number;
    readonly where: string;
    readonly text: string;
  }
  /** All lines up to this one are with the server, for good. */
  | { readonly type: "sent"; readonly upTo: number; readonly waiting: number }
  | ({
    readonly type: "refused";
    /** What was refused, where it is still known. */
    readonly where?: string | undefined;
    readonly text?: string | undefined;
  } & Refused)
  | ({ readonly type: "presence" } & PresenceEvent)
  | ({ readonly type: "room" } & RoomState)
  | ({ readonly type: "page" } & Page)
  | ({ readonly type: "reply" } & Reply)
  | ({ readonly type: "notice" } & Notice)
  | ({ readonly type: "file" } & FileEvent)
  | ({ readonly type: "number" } & SeatNumber)
  | ({ readonly type: "role" } & Role)
  | ({ readonly type: "message" } & Message)
  | ({ readonly type: "peer-left" } & PeerLeft)
  | ({ readonly type: "peer" } & Peer)
  | ({ readonly type: "verdict" } & Verdict)
  | ({ readonly type: "state" } & State)
  | ({ readonly type: "exit" } & Exit)
  /** What this client has to say itself: the answer to a command, a mistake in what was typed. */
  | {
    readonly type: "local";
    readonly lines: readonly string[];
    readonly isError: boolean;
    /** Lines that are to be copied: none may be broken. */
    readonly isForCopying?: boolean | undefined;
  };
