import { irc } from "./chat_irc.ts";
import { nats } from "./chat_nats.ts";
import type { ChatPeer } from "./chat_peer.ts";
import { tram } from "./chat_tram.ts";

/** All kinds of chat, by name. */
const CHAT_PEERS: Readonly<Record<string, ChatPeer>> = { tram, irc, nats };

/** @throws {Error} when there is none of that name */
export function chatPeer(name: string | undefined): ChatPeer {
  const peer = CHAT_PEERS[name ?? ""];
  if (peer === undefined) throw new Error(`Cannot speak "${name}"`);
  return peer;
}
