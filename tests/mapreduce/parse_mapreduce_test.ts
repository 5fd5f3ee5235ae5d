import assert from "node:assert/strict";
import * as parse from "../../lib/mapreduce/parse_mapreduce.ts";

const RIGHT = [
  [parse.parseWorkers, "0", 0],
  [parse.parseWorkers, "12", 12],
  [parse.parseWorkers, "join", "join"],
  [parse.parseThreads, "4", 4],
  [parse.parseMemory, "16MiB", 16 * 1024 * 1024],
  [parse.parsePartitions, "1", 1],
  [parse.parseTop, "20", 20],
  [parse.parseInput, "a b/*.wet", "a b/*.wet"],
  [parse.parseCoordinator, "room.example:4711", { host: "room.example", port: 4711 }],
  [parse.parseCoordinator, "192.0.2.7", { host: "192.0.2.7", port: 7790 }],
  [parse.parseCoordinator, "[2001:db8::1]:80", { host: "2001:db8::1", port: 80 }],
  [parse.parseCoordinator, "[2001:db8::1]", { host: "2001:db8::1", port: 7790 }],
] as const;
for (const [parser, text, value] of RIGHT) {
  Deno.test(`${parser.name}() reads ${text}`, () => assert.deepEqual(parser(text), value));
}

const WRONG = [
  [
    parse.parseWorkers,
    ["", "-1", "1.5", "1025", "joins"],
    /^wanted a whole number from 0 to 1024, or/,
  ],
  [parse.parseThreads, ["0", "257"], /^wanted a whole number from 1 to 256, got /],
  [parse.parseMemory, ["15MiB", "much"], /^wanted a size /],
  [parse.parsePartitions, ["0", "10001"], /^wanted a whole number from 1 to 10000, got /],
  [parse.parseTop, ["0"], /^wanted a whole number /],
  [parse.parseInput, ["", "a\nb"], /^wanted a file, folder, pattern, URL or @LIST/],
  [
    parse.parseCoordinator,
    ["", ":80", "host:0", "host:x", "host:70000", "2001:db8::1", "[::1"],
    /^wanted HOST:PORT, an IPv6 address in brackets, got /,
  ],
] as const;
for (const [parser, texts, message] of WRONG) {
  Deno.test(`${parser.name}() refuses ${texts.map((text) => JSON.stringify(text))}`, () => {
    for (const text of texts) assert.throws(() => parser(text), { name: "SyntaxError", message });
  });
}
