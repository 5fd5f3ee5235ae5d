import assert from "node:assert/strict";
import { listen } from "../../lib/transport/listen.ts";
import { OffsetTracker } from "../../lib/collect/offset/offset_tracker.ts";
import { collectService } from "../../lib/collect/protocol.ts";
import { liveEstimate } from "../../lib/collect/report_live.ts";
import { FakeRoom } from "../fake_context.ts";
import { GOOD_ESTIMATE, storeRuns } from "./report_stores.ts";

const PATH = { there: { delayUs: 300 }, back: { delayUs: 300 } };

async function serving(...flags: string[]) {
  const room = new FakeRoom(PATH);
  const server = room.run(["collect", "serve", "--insecure", ...flags]);
  await server.stdout.matching(/listening/);
  const stop = async () => {
    server.interrupt();
    assert.equal(await room.clock.runUntil(server.exitCode), 0);
  };
  const report = async (args: readonly string[], env: Readonly<Record<string, string>> = {}) => {
    const { stdout, stderr, exitCode } = room.run(["collect", "report", ...args], env);
    const code = await room.clock.runUntil(exitCode);
    return { code, stdout: stdout.text, stderr: stderr.text };
  };
  return { room, report, stop };
}

Deno.test("tram collect report --live knows a running client, and does not count itself", async () => {
  const { room, report, stop } = await serving();
  const send = room.run(["collect", "send", "--id", "ada", "--count", "1000"]);
  await room.clock.advance(3000);
  for (let i = 0; i < 3; i++) {
    const { code, stdout, stderr } = await report(["--live", "--json"]);
    assert.deepEqual([code, stderr], [0, ""]);
    const [ada, ...others] = stdout.trimEnd().split("\n").map((line) => JSON.parse(line));
    assert.deepEqual(others, []);
    assert.equal(ada.clientId, "ada");
    const ageUs = room.clock.wallUs() - ada.estimatedAtUs;
    assert(ageUs < 10_000, `an estimate of now, not of ${ageUs} us ago`);
    assert(Math.abs(ada.offsetUs) <= ada.boundUs && ada.boundUs < 2000, stdout);
    assert.equal(ada.sessions[0].isTailKnown, false);
    assert(ada.sessions[0].sent >= 299);
  }
  await room.clock.runUntil(send.exitCode);
  const { stdout } = await report(["--live"]);
  assert.match(stdout, /^ada: 1,000 sent = 1,000 stored \+ 0 equal \+ 0 lost$/m);
  await stop();
});

Deno.test("tram collect report asks the server that --host or TRAM_HOST names, but not beside --store", async () => {
  const { room, report, stop } = await serving("--store", "room.sqlite");
  const [fromUs, toUs] = [room.clock.wallUs() - 5e6, room.clock.wallUs() - 2e6];
  const store = room.stores.get("room.sqlite");
  assert(store !== undefined);
  await storeRuns(store, [{
    clientId: "ada",
    session: "a",
    fromUs,
    toUs,
    estimate: GOOD_ESTIMATE,
  }]);
  assert.match((await report(["--host", "127.0.0.1"])).stdout, /^ada: 2 sent/m);
  assert.match((await report([], { TRAM_HOST: "127.0.0.1" })).stdout, /^ada: 2 sent/m);
  assert.match((await report(["--store", "room.sqlite"])).stdout, /^ada: 2 sent/m);
  const beside = await report(["--store", "other.sqlite"], { TRAM_HOST: "127.0.0.1" });
  assert.equal(beside.stderr, "tram: Cannot open other.sqlite: there is no such store\n");
  assert.equal((await report([])).code, 2);
  await stop();
});

Deno.test("tram collect report --live CLIENT takes the client that is meant, and hints at one that is near", async () => {
  const { room, report, stop } = await serving();
  const [fromUs, toUs] = [room.clock.wallUs() - 5e6, room.clock.wallUs() - 2e6];
  const store = room.stores.get("collect.sqlite");
  assert(store !== undefined);
  await storeRuns(store, [
    { clientId: "ada", session: "a", fromUs, toUs },
    { clientId: "bob", session: "b", fromUs, toUs },
  ]);
  const { stdout } = await report(["--live", "--json", "bob"]);
  assert.equal(JSON.parse(stdout).clientId, "bob");
  assert.deepEqual(await report(["--live", "bbo"]), {
    code: 1,
    stdout: "",
    stderr: 'tram: Cannot find client "bbo": it has sent no samples; did you mean "bob"?\n',
  });
  await stop();
});

Deno.test("tram collect report --live brings a client with a thousand runs, in their order", async () => {
  const { room, report, stop } = await serving();
  const store = room.stores.get("collect.sqlite");
  assert(store !== undefined);
  const fromUs = room.clock.wallUs() - 5000e6;
  await storeRuns(
    store,
    Array.from({ length: 1000 }, (_, i) => ({
      ...{
        clientId: "ada",
        session: `s${i}`,
        fromUs: fromUs + i * 1e6,
        toUs: fromUs + i * 1e6 + 1,
      },
      estimate: GOOD_ESTIMATE,
    })),
  );
  const { stdout } = await report(["--live", "--json"]);
  const { sessions } = JSON.parse(stdout);
  assert.deepEqual(
    sessions.map(({ session }: { session: string }) => session),
    Array.from({ length: 1000 }, (_, i) => `s${i}`),
  );
  await stop();
});

Deno.test("liveEstimate() is one of now, also when the newest probe was slow in one direction", () => {
  const tracker = new OffsetTracker();
  const steps = { clientSteps: 0, serverSteps: 0 };
  const startUs = 1_700_000_000_000_000;
  for (let t1 = startUs; t1 <= startUs + 3e6; t1 += 1e6) {
    const t2 = t1 + (t1 === startUs + 3e6 ? 400_000 : 100);
    tracker.addProbe({ t1, t2, t3: t2, t4: t2 + 100, ...steps });
  }
  const nowUs = startUs + 3.5e6; // of both clocks
  const { atUs = NaN, boundUs = NaN } = liveEstimate(tracker, nowUs) ?? {};
  assert(Math.abs(atUs - nowUs) <= boundUs && boundUs < 1500, `${atUs - nowUs} +- ${boundUs} us`);
});

Deno.test("tram collect report --live ends with 69 when nobody listens", async () => {
  const room = new FakeRoom(PATH);
  const { stdout, stderr, exitCode } = room.run(["collect", "report", "--live"]);
  assert.equal(await room.clock.runUntil(exitCode), 69);
  assert.equal(stdout.text, "");
  assert.match(stderr.text, /^tram: Cannot reach 127\.0\.0\.1:7777: [^\n]+\n$/);
});

Deno.test("tram collect report --live does not call a client silent that is connected", async () => {
  const { room, report, stop } = await serving();
  const send = room.run(["collect", "send", "--id", "ada", "--interval", "20m"]);
  await room.clock.advance(600_000);
  const { stdout } = await report(["--live"]);
  assert.match(stdout, /^ada .* now {2}ok$/m);
  const [stored] = await room.stores.get("collect.sqlite")?.report() ?? [];
  const lastSeenUs = stored?.sessions[0]?.lastSeenUs ?? 0;
  assert(room.clock.wallUs() - lastSeenUs > 300e6, "the store alone would say so");
  send.interrupt();
  await room.clock.runUntil(send.exitCode);
  await stop();
});

/** A server that says what it wants to a REPORT. */
async function reportFrom(answer: (send: (value: unknown) => void) => void) {
  const room = new FakeRoom(PATH);
  const { clock, network } = room;
  const options = { host: "127.0.0.1", port: 7777, network, clock };
  const line = listen(collectService, options, (connection) => ({
    report: () => answer((value) => connection.send(collectService.kinds.reported, value as never)),
  }));
  const asking = room.run(["collect", "report", "--live"]);
  const code = await clock.runUntil(asking.exitCode);
  await clock.runUntil(line.close());
  return { code, stdout: asking.stdout.text, stderr: asking.stderr.text };
}

Deno.test("tram collect report --live waits for an answer until --timeout", async () => {
  const { code, stdout, stderr } = await reportFrom(() => {});
  assert.deepEqual([code, stdout], [69, ""]);
  assert.equal(
    stderr,
    "tram: Cannot get the report of 127.0.0.1:7777: no answer within 5000 ms\n",
  );
});

for (
  const [says, value] of [
    ["fewer frames than it promised", { end: { frames: 1, nowUs: 0 } }],
    ["neither a client nor the end", {}],
    ["a client without sessions", { client: { clientId: "ada" } }],
    ["a time beyond 2^53", { end: { frames: 0, nowUs: 2 ** 53 } }],
  ] as const
) {
  Deno.test(`tram collect report --live does not believe a server that says ${says}`, async () => {
    const { code, stdout, stderr } = await reportFrom((send) => send(value));
    assert.deepEqual([code, stdout], [1, ""]);
    assert.match(stderr, /^tram: [^\n]+\n$/);
  });
}

Deno.test("tram collect serve takes one REPORT at a time", async () => {
  const { room, report, stop } = await serving();
  const { clock, network } = room;
  const { dial } = await import("../../lib/transport/dial.ts");
  const options = { host: "127.0.0.1", port: 7777, clientId: "x", network, clock };
  const connection = await clock.runUntil(dial(collectService, options, () => ({ reported() {} })));
  connection.send(collectService.kinds.report, {});
  connection.send(collectService.kinds.report, {});
  const { code } = await clock.runUntil(connection.closed);
  assert.equal(code, "collect.too-many");
  assert.equal((await report(["--live"])).code, 0);
  await stop();
});
