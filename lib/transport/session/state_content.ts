/** What a state file holds, from bytes and to bytes. */
// @ts-types="../../types/std_concat.d.ts"
import { concat } from "@std/bytes/concat";
// @ts-types="../../types/std_hex.d.ts"
import { decodeHex, encodeHex } from "@std/encoding/hex";
import type { Secret } from "../proofs.ts";
import type { Outbox } from "./outbox.ts";
import type { StoredSession } from "./session_state.ts";
import {
  encodeRecord,
  numberIn,
  RECORD_HEAD_BYTES,
  recordAt,
  RecordKind,
  STATE_HEAD,
  STATE_MAGIC_BYTES,
  STATE_VERSION,
  type StateRecord,
} from "./state_record.ts";

/** Bytes of a session's id. */
const ID_BYTES = 16;
/** Bytes of its cookie. */
const COOKIE_BYTES = 32;

/** How entries become bytes and come back. */
export interface EntryCodec<T> {
  /** An entry as bytes; the same ones whenever it is asked. */
  encode(value: T): Uint8Array;
  /** The entry, from a view that is valid only now. @throws when these are not the bytes of one */
  decode(bytes: Uint8Array): T;
}

/** What is wrong with a file. */
export interface StateDamage {
  /** Bytes of the file that are sound, from its start. */
  readonly goodBytes: number;
  /** Bytes after these. */
  readonly lostBytes: number;
  /**
   * `torn`: a last write that did not come to its end, as when a process is killed; it was never
   * reported as kept. `damaged`: there are sound records behind what is not.
   */
  readonly kind: "torn" | "damaged";
}

/** What a state file holds, besides the entries. */
export interface StateContent {
  readonly session: StoredSession | undefined;
  readonly notes: Map<string, string>;
  readonly damage: StateDamage | undefined;
}

/**
 * Reads a state file into an empty outbox, up to where it is sound.
 *
 * @throws {Error} when it is no state file, or one of a newer version; the message ends the sentence
 * "Cannot use PATH: "
 */
export function readState<T>(
  bytes: Uint8Array,
  outbox: Outbox<T>,
  codec: EntryCodec<T>,
): StateContent {
  checkHead(bytes);
  const notes = new Map<string, string>();
  let session: StoredSession | undefined;
  const take = ({ kind, content }: StateRecord) => {
    const first = numberIn(content, 0);
    switch (kind) {
      case RecordKind.Session:
        session = sessionIn(content);
        break;
      case RecordKind.Counters: {
        const [acknowledged = NaN, last = NaN, dropped = NaN, skipped = NaN] = [0, 1, 2, 3]
          .map((index) => check(numberIn(content, index)));
        outbox.reloadCounters({ acknowledged, last, dropped, skipped });
        break;
      }
      case RecordKind.Entry: {
        const value = codec.decode(content.subarray(8));
        outbox.reload(check(first), value, RECORD_HEAD_BYTES + content.length);
        break;
      }
      case RecordKind.Acknowledged:
        outbox.acknowledged(check(first));
        break;
      case RecordKind.Dropped:
        outbox.reloadDropped(check(first));
        break;
      case RecordKind.Note: {
        const note: unknown = JSON.parse(new TextDecoder().decode(content));
        const [name, value]: unknown[] = Array.isArray(note) ? note : [];
        if (typeof name !== "string" || typeof value !== "string") throw new Error("no note");
        notes.set(name, value);
        break;
      }
    }
  };
  let at = Math.min(STATE_HEAD.length, bytes.length);
  if (at < STATE_HEAD.length) at = 0;
  while (at >= STATE_HEAD.length && at < bytes.length) {
    const record = recordAt(bytes, at);
    if (record === undefined) break;
    try {
      take(record);
    } catch {
      break; // sound bytes that make no sense are damage too
    }
    at = record.end;
  }
  return { session, notes, damage: damageAfter(bytes, at) };
}

/** The whole content as the bytes of a new file. */
export function writeState<T>(
  { session, notes }: Pick<StateContent, "session" | "notes">,
  outbox: Outbox<T>,
  codec: EntryCodec<T>,
): Uint8Array {
  const parts = [STATE_HEAD, sessionRecord(session)];
  for (const [name, value] of notes) parts.push(noteRecord(name, value));
  for (const { sequence, value } of outbox.entries()) {
    parts.push(encodeRecord(RecordKind.Entry, [sequence], codec.encode(value)));
  }
  parts.push(countersRecord(outbox)); // after the entries: they must follow the last number
  return concat(parts);
}

/** A record of a note. */
export function noteRecord(name: string, value: string): Uint8Array {
  return encodeRecord(RecordKind.Note, [], new TextEncoder().encode(JSON.stringify([name, value])));
}

/** A record of an outbox's numbers. */
export function countersRecord({ counters }: Outbox<unknown>): Uint8Array {
  const { acknowledged, last, dropped, skipped } = counters;
  return encodeRecord(RecordKind.Counters, [acknowledged, last, dropped, skipped]);
}

function sessionRecord(session: StoredSession | undefined): Uint8Array {
  const content = session && concat([decodeHex(session.id), session.cookie]);
  return encodeRecord(RecordKind.Session, [], content);
}

function sessionIn(content: Uint8Array): StoredSession | undefined {
  if (content.length === 0) return undefined;
  if (content.length !== ID_BYTES + COOKIE_BYTES) throw new Error("no session");
  const cookie: Secret = new Uint8Array(content.subarray(ID_BYTES));
  return { id: encodeHex(content.subarray(0, ID_BYTES)), cookie };
}

function check(number: number): number {
  if (Number.isNaN(number)) throw new Error("no number");
  return number;
}

function checkHead(bytes: Uint8Array): void {
  const magic = Math.min(STATE_MAGIC_BYTES, bytes.length);
  for (let at = 0; at < magic; at++) {
    if (bytes[at] !== STATE_HEAD[at]) throw new Error("it is not the state of a tram client");
  }
  if (bytes.length < STATE_HEAD.length) return;
  const version = (bytes[6] ?? 0) * 256 + (bytes[7] ?? 0);
  if (version === STATE_VERSION) return;
  throw new Error(
    `it has format ${version} and this tram knows format ${STATE_VERSION}: use a newer tram`,
  );
}

function damageAfter(bytes: Uint8Array, goodBytes: number): StateDamage | undefined {
  const lostBytes = bytes.length - goodBytes;
  if (lostBytes === 0) return undefined;
  for (let at = goodBytes + 1; at < bytes.length; at++) {
    if (recordAt(bytes, at) !== undefined) return { goodBytes, lostBytes, kind: "damaged" };
  }
  return { goodBytes, lostBytes, kind: "torn" };
}
