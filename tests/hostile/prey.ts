/** What attackers know of each service: its frames, a question that costs it work, its limits. */
import { mapreduceService, shuffleService } from "../../lib/mapreduce/engine/protocol.ts";
import { chatService } from "../../lib/chat/protocol.ts";
import { collectService } from "../../lib/collect/protocol.ts";
import { timerService } from "../../lib/timer/protocol.ts";
import { decodeHex } from "../transport/vectors.ts";
import chat from "../vectors/chat.json" with { type: "json" };
import collect from "../vectors/collect.json" with { type: "json" };
import errors from "../vectors/errors.json" with { type: "json" };
import frames from "../vectors/frames.json" with { type: "json" };
import handshake from "../vectors/handshake.json" with { type: "json" };
import mapreduce from "../vectors/mapreduce.json" with { type: "json" };
import timer from "../vectors/timer.json" with { type: "json" };
import { frame } from "./peer.ts";

/** What attackers know of a service. */
export interface Prey {
  /** Whole frames of it, and of the line. */
  readonly frames: readonly Uint8Array[];
  /** Largest N after the handshake. */
  readonly maxFrameBytes: number;
  /** Asks for something. */
  readonly question: Uint8Array;
  /** A kind that clients send as JSON, if there is one. */
  readonly json?: { readonly code: number; readonly maxBytes: number };
}

/** An attempt whose output nobody has. */
const NAME = { epoch: 1, kind: "map", task: 0, attempt: 0 };

const line = [
  ...frames.frames.map(({ frame }) => decodeHex(frame)),
  ...handshake.cases.flatMap(({ hello, proof, welcome, challenge }) => {
    return [hello, challenge, proof, welcome].map(decodeHex);
  }),
  ...errors.refused.flatMap(({ stream }) => stream.flatMap(bytesOf)),
];

/** By the name of the service. */
const PREY: Readonly<Record<string, Prey>> = {
  timer: prey(timer.frames, timerService.maxFrameBytes, frame(0x20, new Uint8Array(16))),
  collect: {
    ...prey(collect.frames, collectService.maxFrameBytes, frame(0x22, new Uint8Array(12))),
    json: collectService.kinds.report,
  },
  chat: {
    ...prey(
      chat.frames,
      chatService.maxFrameBytes,
      frame(chatService.kinds.command.code, "!rooms"),
    ),
    json: chatService.kinds.join,
  },
  mapreduce: {
    ...prey(
      mapreduce.frames,
      mapreduceService.maxFrameBytes,
      frame(mapreduceService.kinds.fetch.code, { id: 1, name: NAME, partition: 0 }),
    ),
    json: mapreduceService.kinds.join,
  },
  shuffle: {
    ...prey(
      mapreduce.shuffle,
      shuffleService.maxFrameBytes,
      frame(shuffleService.kinds.fetch.code, { id: 1, name: NAME, partition: 0 }),
    ),
    json: shuffleService.kinds.fetch,
  },
};

/** What attackers know of the service of that name. */
export function preyOf(service: string): Prey {
  const known = PREY[service];
  if (known === undefined) throw new Error(`There is no service ${service}`);
  return known;
}

function prey(
  vectors: readonly { readonly frame: string }[],
  maxFrameBytes: number,
  question: Uint8Array,
): Prey {
  const own = vectors.map(({ frame }) => decodeHex(frame));
  return { frames: [...own, ...line], maxFrameBytes, question };
}

/** The vectors have strings of bytes, and repeated ones, of which one is enough here. */
function bytesOf(part: string | { readonly hex: string }): Uint8Array[] {
  const bytes = decodeHex(typeof part === "string" ? part : part.hex);
  return bytes.length < 4 ? [] : [bytes];
}
