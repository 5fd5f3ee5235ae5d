import assert from "node:assert/strict";
import fc from "fast-check";
import type { ChatEvent } from "../../../lib/chat/chat_event.ts";
import { renderEvent, type RenderOptions } from "../../../lib/chat/client/render_event.ts";
import { displayWidth } from "../../../lib/terminal/display_width.ts";
import { PLAIN_STYLE, styleFor } from "../../../lib/terminal/style.ts";

function how(more: Partial<RenderOptions> = {}): RenderOptions {
  return {
    columns: 40,
    style: PLAIN_STYLE,
    me: "ada",
    where: "#lobby",
    timeOf: () => "12:01",
    dayOf: (timeUs) => timeUs > 1e6 ? "2026-11-21" : "2026-11-20",
    nowUs: 0,
    isTerminal: true,
    isConnected: true,
    ...more,
  };
}

type Line = ChatEvent & { readonly type: "line" };

function line(text: string, more: Partial<Line> = {}): Line {
  const from = { id: 1, timeUs: 0, author: 2, flags: 0, where: "#lobby", nick: "bob" };
  return { type: "line", isOwn: false, isMaybeSeen: false, ...from, text, ...more };
}

const LONG = "a line that is longer than forty columns, so that it goes on below";

const COPY = `!reconnect ${"x".repeat(64)}`;

const SHOWN: readonly (readonly [string, ChatEvent, Partial<RenderOptions>, readonly string[]])[] =
  [
    [
      "what is to be copied",
      {
        type: "local",
        lines: [COPY],
        isError: false,
        isForCopying: true,
      },
      {},
      [COPY],
    ],
    ["a line here", line("hi"), {}, ["12:01 <bob> hi"]],
    ["a line elsewhere", line("hi", { where: "#dev" }), {}, ["12:01 #dev <bob> hi"]],
    ["a private line", line("hi", { where: "@bob", flags: 1 }), {}, ["12:01 @bob <bob> hi"]],
    ["a line that may have been seen", line("hi", { isMaybeSeen: true }), {}, [
      "12:01 <bob> hi (maybe seen)",
    ]],
    ["a long line", line(LONG), {}, [
      "12:01 <bob> a line that is longer than",
      "      forty columns, so that it goes on",
      "      below",
    ]],
    ["a long line in 80 columns", line(LONG), { columns: 80 }, [
      "12:01 <bob> a line that is longer than forty columns, so that it goes on below",
    ]],
    ["a line without a terminal", line(LONG), { columns: undefined, where: undefined }, [
      `12:01 #lobby <bob> ${LONG}`,
    ]],
    ["a hostile line", line("\u001b[2Jx\u202ey\nz\r\u0007"), { columns: 80 }, [
      "12:01 <bob> \\x1b[2Jx\\u{202e}y\\x0az\\x0d\\x07",
    ]],
    ["a hostile name and place", line("x", { nick: "a\u001b[m", where: "#\u009b" }), {}, [
      "12:01 #\\x9b <a\\x1b[m> x",
    ]],
    ["a wide line", line("漢字".repeat(10)), {}, [
      "12:01 <bob>",
      "      漢字漢字漢字漢字漢字漢字漢字漢字漢",
      "      字漢字",
    ]],
    ["one word without end", line("x".repeat(60)), {}, [
      "12:01 <bob>",
      `      ${"x".repeat(34)}`,
      `      ${"x".repeat(26)}`,
    ]],
    [
      "a refusal",
      {
        type: "refused",
        sequence: 1,
        code: "suspended",
        message: "wait",
        where: "#dev",
        text: "hi",
      },
      {},
      ['12:01 !! not sent to #dev: "hi": wait'],
    ],
    ["a kept line", { type: "queued", sequence: 1, where: "#lobby", text: "hi" }, {
      isConnected: false,
    }, ["12:01 -- kept until there is a line: hi"]],
    ["a queued line", { type: "queued", sequence: 1, where: "#lobby", text: "hi" }, {}, []],
    ["an own line of a relay", { type: "queued", sequence: 1, where: "", text: "hi" }, {}, [
      "12:01 <you> hi",
    ]],
    [
      "somebody who comes",
      {
        type: "presence",
        author: 3,
        nick: "eve",
        room: "#dev",
        what: "joined",
      },
      {},
      ["12:01 -- eve has come to #dev"],
    ],
    [
      "somebody who is back after a restart of the server",
      {
        type: "presence",
        author: 3,
        nick: "eve",
        room: "#dev",
        what: "joined",
        isQuiet: true,
      },
      {},
      [],
    ],
    [
      "somebody who leaves",
      {
        type: "presence",
        author: 3,
        nick: "eve",
        room: "#lobby",
        what: "left",
        reason: "quit: bye",
      },
      {},
      ["12:01 -- eve has left (quit: bye)"],
    ],
    [
      "another name",
      {
        type: "presence",
        author: 3,
        nick: "eva",
        was: "eve",
        room: "#lobby",
        what: "renamed",
      },
      {},
      ["12:01 -- eve is eva now"],
    ],
    [
      "a room",
      {
        type: "room",
        room: "#lobby",
        members: [{ author: 1, nick: "ada" }, { author: 2, nick: "bob", isAway: true }],
        memberCount: 3,
        last: 9,
      },
      {},
      ["12:01 -- #lobby: 3 here: ada, (bob), ..."],
    ],
    [
      "the first YOU",
      {
        type: "you",
        author: 1,
        nick: "ada-2",
        isOperator: false,
        mode: "rooms",
        storeId: "",
        inboxLast: 0,
        nowUs: 0,
        motd: "be nice\nand short",
        maxFileBytes: 0,
      },
      { me: "" },
      ["12:01 -- you are ada-2", "be nice", "and short"],
    ],
    ["an answer", { type: "reply", command: "!list", isDone: true, lines: ["a\u001b", "b"] }, {}, [
      "a\\x1b",
      "b",
    ]],
    ["an answer that is no", { type: "reply", command: "!ban", isDone: false, lines: ["no"] }, {}, [
      "12:01 !! no",
    ]],
    [
      "a notice",
      {
        type: "notice",
        code: "suspended",
        message: "you are suspended",
        by: "console",
        reason: "spam",
        untilUs: 0,
      },
      { columns: 80 },
      ["12:01 !! you are suspended; by console; spam; until 12:01"],
    ],
    ["a notice for days", { type: "notice", code: "say", message: "closed", untilUs: 2e6 }, {}, [
      "12:01 !! closed; until 2026-11-21 12:01",
    ]],
    [
      "an offer",
      {
        type: "file",
        direction: "in",
        number: 1,
        state: "offered",
        peer: "bob",
        name: "../x\u001b",
        size: 2048,
        bytes: 0,
      },
      { columns: 80 },
      ["12:01 -- bob offers file 1, ../x\\x1b (2 KiB): !accept 1 or !reject 1"],
    ],
    ["what the other seat says", { type: "message", number: 4, turn: 1, text: "e4\u0007" }, {}, [
      "12:01 <4> e4\\x07",
    ]],
    [
      "a position",
      { type: "state", view: ["x|o", "-+-"], moves: ["1"], clocksMs: [3000, 4000] },
      {},
      [
        "x|o",
        "-+-",
        "moves: 1",
        "clocks: 3.0 s, 4.0 s",
      ],
    ],
    ["a seat", { type: "number", number: 3, game: "nim" }, { columns: 80 }, [
      "12:01 -- this is seat 3; the game is nim; fin gives it up",
    ]],
  ];

for (const [what, event, more, lines] of SHOWN) {
  Deno.test(`renderEvent() shows ${what}`, () => {
    assert.deepEqual(renderEvent(event, how(more)), lines);
  });
}

Deno.test("renderEvent() makes the own name stand out in what others say, and only there", () => {
  const colours = { style: styleFor({ hasColor: true }) };
  const [named] = renderEvent(line("so, Ada: see?"), how(colours));
  assert(named?.endsWith("\u001b[1m so, Ada: see?\u001b[22m"));
  for (const text of ["canada", "adam", "nothing"]) {
    assert(!(renderEvent(line(text), how(colours))[0] ?? "").endsWith("\u001b[22m"), text);
  }
  const [own] = renderEvent(line("I am ada", { isOwn: true }), how(colours));
  assert(own?.endsWith(" I am ada"));
});

Deno.test("renderEvent() lets nothing through that a terminal obeys, nor beyond its width", () => {
  const text = fc.string({ unit: "binary", maxLength: 200 });
  const short = fc.string({ unit: "binary", minLength: 1, maxLength: 20 });
  fc.assert(
    fc.property(
      text,
      short,
      short,
      fc.integer({ min: 24, max: 100 }),
      (text, nick, at, columns) => {
        const events: ChatEvent[] = [
          line(text, { nick, where: `#${at}` }),
          { type: "presence", author: 1, nick, room: at, what: "left", reason: text },
          { type: "refused", sequence: 1, code: "x", message: text, where: at, text },
          { type: "notice", code: "say", message: text, by: nick },
          { type: "reply", command: at, isDone: true, lines: [text] },
          { type: "local", lines: [text], isError: true },
          { type: "message", number: 1, turn: 1, text },
          { type: "disconnected", code: "lost", message: text, retryMs: 5 },
        ];
        for (const event of events) {
          for (const shown of renderEvent(event, how({ columns }))) {
            // deno-lint-ignore no-control-regex -- these must not come through
            assert.doesNotMatch(shown, /[\u0000-\u001f\u007f-\u009f\u2028\u2029\u202a-\u202e]/);
            assert(displayWidth(shown) <= columns, JSON.stringify(shown));
          }
        }
      },
    ),
    { numRuns: 50 },
  );
});
