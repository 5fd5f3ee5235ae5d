import assert from "node:assert/strict";
import { eventJson } from "../../../lib/chat/client/event_json.ts";

Deno.test("eventJson() says in words what a line is, and keeps all on one safe line", () => {
  const line = {
    type: "line",
    isOwn: false,
    isMaybeSeen: false,
    id: 3,
    timeUs: 5,
    author: 2,
    flags: 5,
    where: "@bob",
    nick: "bob",
    text: "a\u001b[2J\nb",
  } as const;
  const json = eventJson(line);
  assert.match(json, /^\{"type":"line",/);
  // deno-lint-ignore no-control-regex -- these must not come through
  assert.doesNotMatch(json, /[\u0000-\u001f]/);
  const { flags: _, ...rest } = line;
  assert.deepEqual(JSON.parse(json), { ...rest, isPrivate: true, isReplayed: true });
});

Deno.test("eventJson() leaves other events as they are", () => {
  const event = { type: "sent", upTo: 4, waiting: 1 } as const;
  assert.equal(eventJson(event), '{"type":"sent","upTo":4,"waiting":1}');
});
