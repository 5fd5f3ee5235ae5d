import { StoreError } from "../../store/store_error.ts";
import type { Destination, Post } from "./chat_store.ts";
import type { ChatRead, ChatWrite } from "./chat_request.ts";

/** Actions that are about somebody. */
const PERSONAL: readonly string[] = ["ban", "suspend", "forgive", "kick", "op", "deop"];

/** Whoever asks for such things has a mistake; nothing of the request is done. */
function refuse(what: string): never {
  throw new StoreError("other", `Cannot use the store: ${what}`);
}

function checkWhole(what: string, value: number, from = -Number.MAX_SAFE_INTEGER): void {
  if (Number.isSafeInteger(value) && value >= from) return;
  refuse(`${what} ${value} is no whole number from ${from} to 2^53`);
}

function checkName(what: string, name: string): void {
  if (name.includes("\0")) refuse(`${what} holds a NUL`);
}

function checkDestination(to: Destination): void {
  if (to.kind === "room") {
    if (to.room === "") refuse("a room has no name");
    checkName("a room", to.room);
  }
  if (to.kind === "private") {
    checkWhole("author", to.author, 1);
    checkName("a nick", to.nick);
  }
  if (to.kind === "relay") checkWhole("pair", to.pair, 1);
}

function checkPost({ author, sequence, timeUs, nick, to }: Post): void {
  checkWhole("author", author, 0);
  checkWhole("sequence", sequence, author === 0 ? 0 : 1);
  checkWhole("time", timeUs);
  checkName("a nick", nick);
  checkDestination(to);
}

/**
 * Checks what needs no look into the store.
 *
 * @throws {StoreError} `other`, for what nobody may ask for
 */
export function checkRequest(request: ChatWrite | ChatRead): void {
  switch (request.kind) {
    case "open":
      return checkWhole("time", request.atUs);
    case "append":
      return request.posts.forEach(checkPost);
    case "relay":
    case "end-pair":
    case "relay-events":
      return checkWhole("pair", request.pair, 1);
    case "nick":
    case "seen":
      checkWhole("author", request.author, 1);
      if (request.kind === "nick") checkName("a nick", request.nick);
      return checkWhole("time", request.atUs);
    case "moderate": {
      const { timeUs, untilUs, action, identity } = request.entry;
      checkWhole("time", timeUs);
      if (untilUs !== undefined) checkWhole("time", untilUs);
      checkName("an identity", identity);
      if (identity === "" && PERSONAL.includes(action)) refuse(`${action} of nobody`);
      return;
    }
    case "lines":
    case "inbox":
      checkWhole("id", request.range.id, 0);
      return checkWhole("limit", request.range.limit, 0);
    case "log":
      return checkWhole("limit", request.limit, 0);
  }
}
