/** Every frame of `tests/vectors/chat.json`, read and written. */
import assert from "node:assert/strict";
import {
  encodeLine,
  encodeSay,
  type FileDataHead,
  type Line,
  readAck,
  readFileDataHead,
  readLine,
  readSay,
  type Say,
  writeAck,
  writeFileDataHead,
} from "../../lib/chat/line_codec.ts";
import { CHAT_BYTES, chatService } from "../../lib/chat/protocol.ts";
import { encodeFrame, HEAD_BYTES } from "../../lib/transport/frame.ts";
import type { FrameView } from "../../lib/transport/frame_view.ts";
import type { FrameWriter } from "../../lib/transport/frame_writer.ts";
import { newLane, takeAll } from "../transport/lane_fixture.ts";
import { viewOfFrame } from "../transport/samples.ts";
import { CHAT_FRAMES, CHAT_VALUES, decodeHex, encodeHex } from "../transport/vectors.ts";

const { kinds } = chatService;

/** What a kind says, and how that becomes a payload. */
interface Form {
  read(view: FrameView): unknown;
  bytes(value: never): Uint8Array;
}

function written(bytes: number, write: (to: FrameWriter) => void): Uint8Array {
  const { lane } = newLane();
  const writer = lane.reserve(0x20, bytes);
  assert.ok(writer !== undefined);
  write(writer);
  writer.commit();
  return takeAll(lane).subarray(HEAD_BYTES);
}

const BINARY: Readonly<Record<number, Form>> = {
  [kinds.say.code]: { read: readSay, bytes: (value: Say) => encodeSay(value) },
  [kinds.line.code]: { read: readLine, bytes: (value: Line) => encodeLine(value) },
  [kinds.ack.code]: {
    read: (view) => ({ sequence: readAck(view) }),
    bytes: ({ sequence }: { sequence: number }) =>
      written(CHAT_BYTES.ack, (to) => writeAck(to, sequence)),
  },
  [kinds.fileData.code]: {
    read: (view) => ({
      ...readFileDataHead(view),
      bytes: encodeHex(view.copy(CHAT_BYTES.fileDataHead)),
    }),
    bytes: ({ bytes, ...head }: FileDataHead & { bytes: string }) =>
      written(CHAT_BYTES.fileDataHead + bytes.length / 2, (to) => {
        writeFileDataHead(to, head);
        to.set(decodeHex(bytes), CHAT_BYTES.fileDataHead);
      }),
  },
};

for (const [at, { name, kind, payload, frame }] of CHAT_FRAMES.entries()) {
  const known = Object.values(kinds).find(({ code }) => code === kind) ?? assert.fail(name);
  const form: Form = BINARY[kind] ??
    { read: (view) => known.decode(view), bytes: (value: never) => known.encode(value) };
  Deno.test(`messages of chat are read as vector ${name} says`, () => {
    const bytes = encodeFrame(kind, decodeHex(payload));
    assert.equal(encodeHex(bytes), frame);
    const view = viewOfFrame(bytes);
    assert.ok(view.length >= known.minBytes && view.length <= known.maxBytes);
    assert.deepEqual(form.read(view), CHAT_VALUES[at]);
  });
  Deno.test(`messages of chat are written as vector ${name} says`, () => {
    assert.equal(encodeHex(encodeFrame(kind, form.bytes(CHAT_VALUES[at] as never))), frame);
  });
}
