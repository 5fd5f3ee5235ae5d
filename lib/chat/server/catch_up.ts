/** Sends somebody what was said before, until nothing is missing: then it is live. */
import type { Clock } from "../../clock/clock.ts";
import { sleep } from "../../clock/sleep.ts";
import type { Connection } from "../../transport/connection.ts";
import { FrameBatch } from "../../transport/frame_batch.ts";
import { MAX_PAGE } from "../limits.ts";
import { encodeLine, type Line } from "../line_codec.ts";
import { type ChatKinds, chatService } from "../protocol.ts";
import type { LinePage, StoredLine } from "../store/chat_store.ts";
import type { Follower } from "./follower.ts";
import { hasLaneRoom, laneRoom } from "./lane_room.ts";

const { kinds } = chatService;

/** Letters of lines that are sent as one piece. */
const PIECE_LETTERS = 16 * 1024;

/** How long to wait until the store is asked again, in milliseconds. */
const RETRY_MS = 1000;

/** A room or an inbox, as somebody reads it. */
export interface Feed<T extends StoredLine> {
  /** What PAGE says. */
  readonly room: string;
  /** Last id that is committed. */
  last(): number;
  /** Lines after an id, from memory; `undefined` when some of them are not there. */
  recent(after: number): readonly T[] | undefined;
  /** Lines after an id, from the store. */
  read(after: number, limit: number): Promise<LinePage<T>>;
  /** As it is sent, marked as replayed. */
  line(stored: T): Line;
}

/** Who gets lines, and where from. */
export interface Reading<T extends StoredLine> {
  readonly connection: Connection<ChatKinds>;
  readonly clock: Clock;
  readonly feed: Feed<T>;
  /** Told when the store cannot be read. */
  readonly onTrouble: (error: unknown) => void;
}

/**
 * Sends all lines after `follower.reached`, then PAGE, and makes it live in the same turn in which
 * nothing is missing, so that no line is left out or comes twice. Lines in memory are sent at once;
 * what somebody reads slowly waits in the store, not in the lane.
 */
export async function catchUp<T extends StoredLine>(
  reading: Reading<T>,
  follower: Follower,
): Promise<void> {
  const { connection, clock, feed, onTrouble } = reading;
  const round = ++follower.round;
  const isOver = () => follower.round !== round || !connection.isOpen;
  follower.isLive = false;
  follower.isListening = true;
  const start = follower.reached;
  while (follower.reached < feed.last()) {
    let lines = feed.recent(follower.reached);
    try {
      lines ??= (await feed.read(follower.reached, MAX_PAGE)).lines;
      if (lines[0]?.id !== follower.reached + 1) {
        throw new Error(`Cannot find line ${follower.reached + 1} of ${feed.room} in the store`);
      }
    } catch (error) {
      if (isOver()) return;
      onTrouble(error);
      await sleep(clock, RETRY_MS);
      lines = [];
    }
    if (isOver()) return;
    for (const piece of piecesOf(lines)) {
      while (!connection.sendBatch(batchOf(feed, piece))) {
        if (!await laneRoom(connection, clock) || isOver()) return;
      }
      follower.reached = piece.at(-1)?.id ?? follower.reached;
      if (hasLaneRoom(connection)) continue;
      if (!await laneRoom(connection, clock) || isOver()) return;
    }
  }
  follower.isLive = true;
  const isEmpty = follower.reached === start;
  connection.send(kinds.page, {
    room: feed.room,
    to: "join",
    first: isEmpty ? 0 : start + 1,
    last: isEmpty ? 0 : follower.reached,
    hasOlder: start > 0,
  });
}

/** Sends a page of older lines, then PAGE. @throws {StoreError} */
export async function sendHistory<T extends StoredLine>(
  { connection, clock, feed }: Omit<Reading<T>, "onTrouble">,
  page: Promise<LinePage<T>>,
): Promise<void> {
  const { lines, hasOlder } = await page;
  for (const piece of piecesOf(lines)) {
    do {
      if (!await laneRoom(connection, clock)) return;
    } while (!connection.sendBatch(batchOf(feed, piece)));
  }
  const first = lines[0]?.id ?? 0;
  const last = lines.at(-1)?.id ?? 0;
  connection.send(kinds.page, { room: feed.room, to: "history", first, last, hasOlder });
}

/** Lines in pieces that a lane always has room for, sooner or later. */
function* piecesOf<T extends StoredLine>(lines: readonly T[]): Generator<readonly T[]> {
  for (let start = 0; start < lines.length;) {
    let end = start;
    for (let letters = 0; end < lines.length && letters < PIECE_LETTERS; end++) {
      letters += lines[end]?.text.length ?? 0;
    }
    yield lines.slice(start, end);
    start = end;
  }
}

function batchOf<T extends StoredLine>(feed: Feed<T>, lines: readonly T[]): FrameBatch {
  const batch = new FrameBatch();
  for (const line of lines) batch.add(kinds.line, encodeLine(feed.line(line)));
  return batch;
}
