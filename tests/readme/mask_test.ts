import assert from "node:assert/strict";
import { HISTOGRAM, mask } from "./mask.ts";

Deno.test("mask() puts marks in place of amounts, times, ids, ports and bars", () => {
  const lines: readonly (readonly [string, string])[] = [
    ["min       20.2 us     20.5 us", "min  <amount>  <amount>"],
    [
      "desk-2   -2.50 s ± 99.4 us  -4.1  131 us        now  clock far off",
      "desk-2  <amount> ± <amount>  <n>  <amount>  <when>  clock far off",
    ],
    [
      "read      4 inputs, 47.3 MiB stored, 18.5 MiB/s",
      "read  4 inputs, <amount> stored, <amount>",
    ],
    ["20,000 sent, 0 lost, 13,244 per second", "<n> sent, 0 lost, <n> per second"],
    ["0%, server 100%, path 0%", "<share>, server <share>, path <share>"],
    [
      "p90    78.3 us   104 us   +33 %   +17 % to +51 %  slower",
      "p90  <amount>  <amount>  <share>  <share> to <share>  slower",
    ],
    ["listening on 127.0.0.1:44237", "listening on 127.0.0.1:<port>"],
    ["tram: server is ready port=44237", "tram: server is ready port=<port>"],
    ["11:45 <bob> hi", "<clock> <bob> hi"],
    ["10 min 00 s left, by ada; until 11:56", "<amount> left, by ada; until <clock>"],
    ["2026-11-20T11:39:35.422Z  seat 1 (ada)", "<time>  seat 1 (ada)"],
    ["banned (until 2026-11-20 12:42 UTC)", "banned (until <date>)"],
    ["worker process 20947 ended by SIGKILL", "worker process <pid> ended by SIGKILL"],
    ["/data/b2.gz: byte 4995709: it ends", "/data/b2.gz: byte <n>: it ends"],
    [" 100 us -   384 ██▍", HISTOGRAM],
    ["  648,000  o", "<n>  o"],
    ["       round trip  server gap", "round trip  server gap"],
  ];
  for (const [line, masked] of lines) assert.equal(mask(line), masked);
});

Deno.test("mask() leaves what tells something: names, small numbers, our ports, addresses, indentation", () => {
  for (
    const line of [
      "p99.9",
      "client.3 | client-3 to 127.0.0.1:7777",
      "listening on 0.0.0.0:47945",
      "workers come by HOST:7790",
      "1 client, 1 in flight, 16 B, no warm-up",
      "timeout  5s  default",
      "dial 192.0.2.8 or ::1",
      "jobs/bad.ts:5:42: Expected ')', got 'ident'",
      "      running?; trying on",
      "lab-[1-3] slots=2",
    ]
  ) {
    assert.equal(mask(line), line);
  }
});

Deno.test("mask() takes rules of a session before its own", () => {
  const rules = [{ where: /for \d+ maps/, as: "for some maps" }];
  assert.equal(mask("attempts  20 for 7 maps", rules), "attempts  20 for some maps");
});
