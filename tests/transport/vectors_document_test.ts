/** `docs/protocol.md` against the vectors: every hex dump. */
import assert from "node:assert/strict";
import { Kind } from "../../lib/transport/frame.ts";
import {
  CHAT_FRAMES,
  COLLECT_FRAMES,
  decodeHex,
  FRAMES,
  HANDSHAKES,
  type HandshakeVector,
  MAPREDUCE,
  MAPREDUCE_FRAMES,
  named,
  SHUFFLE_FRAMES,
  TIMER_FRAMES,
} from "./vectors.ts";
import { DOCUMENT, rows, sectionOf, SERVICES } from "./protocol_document.ts";

/** A fenced block: what stands after the fence, and its lines. */
interface Block {
  readonly info: string;
  readonly lines: readonly string[];
}

const BLOCKS: readonly Block[] = [...DOCUMENT.matchAll(/^```(.*)\n([^]*?)^```$/gm)].map(
  ([, info = "", body = ""]) => ({ info, lines: body.trimEnd().split("\n") }),
);

/** Bytes as dumps have them: at most 16 in a line, then two or more spaces and a remark. */
const DUMP_LINE = /^((?:[0-9a-f]{2} ){0,15}[0-9a-f]{2})(?: {2,}\S.*)?$/;

/** Digits of a dump. */
function digitsOf({ info, lines }: Block): string {
  return lines.map((line) => {
    const digits = DUMP_LINE.exec(line)?.[1];
    assert.ok(digits !== undefined, `"${line}" in "${info}" is not a line of a dump`);
    return digits.replaceAll(" ", "");
  }).join("");
}

/** Digits of the vector that a block is named after: `frames/ping`, `handshake/with-token/th`. */
function vectorOf(info: string): string | null {
  const [file, name = "", member] = info.replace("hex ", "").split("/");
  switch (file) {
    case "frames":
      return named(FRAMES, name).frame;
    case "timer":
      return named(TIMER_FRAMES, name).frame;
    case "collect":
      return named(COLLECT_FRAMES, name).frame;
    case "chat":
      return named(CHAT_FRAMES, name).frame;
    case "mapreduce":
      return named(MAPREDUCE_FRAMES, name).frame;
    case "shuffle":
      return named(SHUFFLE_FRAMES, name).frame;
    case "handshake":
      return named(HANDSHAKES, name)[
        member as keyof Omit<HandshakeVector, "name" | "client" | "server">
      ];
  }
  return assert.fail(`"${info}" names no file of vectors`);
}

const DUMPS = BLOCKS.filter(({ info }) => info.startsWith("hex "));

for (const dump of DUMPS) {
  Deno.test(`protocol.md prints the bytes of vector ${dump.info.replace("hex ", "")}`, () => {
    assert.equal(digitsOf(dump), vectorOf(dump.info));
  });
}

Deno.test("protocol.md has no dump that is not named after a vector", () => {
  const others = DOCUMENT.replaceAll(/^```hex .*\n[^]*?^```$/gm, "");
  assert.doesNotMatch(others, /^\s*[0-9a-f]{2}( [0-9a-f]{2}){3,}/m);
});

Deno.test("protocol.md prints a frame of every kind", () => {
  const printed = new Set(
    DUMPS.filter((dump) => digitsOf(dump).length !== 64).map((dump) => {
      const kind = Number.parseInt(digitsOf(dump).slice(8, 10), 16);
      return kind < 0x20 ? `${kind}` : `${/ (.*)\//.exec(dump.info)?.[1]} ${kind}`;
    }),
  );
  const kinds = SERVICES.flatMap((service) =>
    Object.values(service.kinds).map(({ code }) => `${service.name} ${code}`)
  );
  const all = [...Object.values(Kind).map(String), ...kinds];
  assert.deepEqual(all.filter((kind) => !printed.has(kind)), []);
});

Deno.test("protocol.md prints the inputs of vector with-token", () => {
  const { client, server } = named(HANDSHAKES, "with-token");
  for (const digits of [client.nonce, server.nonce, client.token?.secret ?? "no token"]) {
    assert.match(DOCUMENT, new RegExp(` ${digits}$`, "m"));
  }
});

Deno.test("protocol.md lists keys with the hashes that the vectors have", () => {
  const listed = rows(/^(_empty_|`[^`]+`)$/, sectionOf("mapreduce"))
    .filter(([, hash = ""]) => /^0x[0-9a-f]{8}$/.test(hash));
  const expected = MAPREDUCE.keys.slice(0, listed.length).map(({ key, hash, partitionOf8 }) => [
    key === "" ? "_empty_" : `\`${new TextDecoder().decode(decodeHex(key))}\``,
    `0x${hash.toString(16).padStart(8, "0")}`,
    `${hash % 2}`,
    `${partitionOf8}`,
  ]);
  assert.ok(listed.length > 4);
  assert.deepEqual(listed, expected);
});
