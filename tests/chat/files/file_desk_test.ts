import assert from "node:assert/strict";
import { settle } from "../../../lib/clock/fake_clock.ts";
import type { FileStop, Offered, Start } from "../../../lib/chat/file_messages.ts";
import { writeFileDataHead } from "../../../lib/chat/line_codec.ts";
import { FILE_DATA_BYTES } from "../../../lib/chat/limits.ts";
import { type ChatKinds, chatService } from "../../../lib/chat/protocol.ts";
import type { Connection } from "../../../lib/transport/connection.ts";
import { assertSameBytes, CHUNK, FilesWorld, handOver, someBytes } from "./files_world.ts";

const { kinds } = chatService;
const KEY = "0123456789abcdef".repeat(2);
const OFFER = { key: KEY, to: "@bob", name: "a.bin", size: 100 };

/** Somebody who keeps what comes, and does nothing by itself. */
class Bystander {
  readonly offered: Offered[] = [];
  readonly starts: Start[] = [];
  readonly stops: FileStop[] = [];
  readonly done: string[] = [];
  dataBytes = 0;
  connection!: Connection<ChatKinds>;

  static async enter(world: FilesWorld, name: string): Promise<Bystander> {
    const one = new Bystander();
    one.connection = await world.raw(name, {
      offered: (offered) => one.offered.push(offered),
      start: (start) => one.starts.push(start),
      fileStop: (stop) => one.stops.push(stop),
      fileData: (view) => {
        one.dataBytes += view.length;
      },
      fileEnd: () => {},
      fileDone: ({ sha256 }) => one.done.push(sha256),
    });
    return one;
  }

  data(transfer: number, offset: number, length: number): boolean {
    const writer = this.connection.reserve(kinds.fileData, 12 + length);
    if (writer === undefined) return false;
    writeFileDataHead(writer, { transfer, offset });
    writer.set(new Uint8Array(length), 12);
    writer.commit();
    return true;
  }
}

const turns = async (count = 50) => {
  for (let turn = 0; turn < count; turn++) await settle();
};

/** Three who know what they do, and one transfer from the first to the second. */
async function threeWithTransfer(world: FilesWorld) {
  const [ada, bob] = [await Bystander.enter(world, "ada"), await Bystander.enter(world, "bob")];
  const eve = await Bystander.enter(world, "eve");
  ada.connection.send(kinds.offer, OFFER);
  await turns();
  const transfer = bob.offered[0]?.transfer ?? assert.fail("no offer came");
  bob.connection.send(kinds.answer, { transfer, isAccepted: true, offset: 0 });
  await turns();
  assert.equal(ada.starts[0]?.transfer, transfer);
  return { ada, bob, eve, transfer };
}

type Forge = (eve: Bystander, transfer: number) => unknown;
const sha256 = "0".repeat(64);
const FORGERIES: Record<string, Forge> = {
  ANSWER: (eve, transfer) =>
    eve.connection.send(kinds.answer, { transfer, isAccepted: true, offset: 0 }),
  FILE_DATA: (eve, transfer) => eve.data(transfer, 0, 10),
  FILE_END: (eve, transfer) => eve.connection.send(kinds.fileEnd, { transfer, size: 100, sha256 }),
  FILE_DONE: (eve, transfer) => eve.connection.send(kinds.fileDone, { transfer, sha256 }),
  FILE_STOP: (eve, transfer) =>
    eve.connection.send(kinds.fileStop, { transfer, code: "cancelled", message: "" }),
  "number that nobody has": (eve, transfer) => eve.data(transfer ^ 0xff00, 0, 10),
};
for (const [what, forge] of Object.entries(FORGERIES)) {
  Deno.test(`FileDesk ends the connection of whoever forges a ${what}, and no other`, async () => {
    await using world = new FilesWorld();
    const { ada, bob, eve, transfer } = await threeWithTransfer(world);
    forge(eve, transfer);
    const { code, by } = await world.clock.runUntil(eve.connection.closed);
    assert.deepEqual([code, by], ["bad-message", "peer"]);
    ada.data(transfer, 0, 100);
    await turns();
    assert.equal(bob.dataBytes, 112);
    assert.deepEqual([bob.stops, ada.stops], [[], []]);
  });
}

const MISTAKES: Record<string, (ada: Bystander, bob: Bystander, transfer: number) => unknown> = {
  "bytes that do not follow": (ada, _, transfer) => ada.data(transfer, 1, 10),
  "more bytes than it offered": (ada, _, transfer) => ada.data(transfer, 0, 101),
  "an end before the end": (ada, _, transfer) =>
    ada.connection.send(kinds.fileEnd, { transfer, size: 100, sha256 }),
  "data in the receiver's name": (ada, _, transfer) =>
    ada.connection.send(kinds.fileDone, { transfer, sha256 }),
  "a code of the server's": (ada, _, transfer) =>
    ada.connection.send(kinds.fileStop, { transfer, code: "gone", message: "" }),
};
for (const [what, run] of Object.entries(MISTAKES)) {
  Deno.test(`FileDesk ends the connection of a sender of ${what}`, async () => {
    await using world = new FilesWorld();
    const { ada, bob, transfer } = await threeWithTransfer(world);
    run(ada, bob, transfer);
    const { code } = await world.clock.runUntil(ada.connection.closed);
    assert.equal(code, "bad-message");
    await turns();
    const stop = { transfer, key: KEY, code: "gone", message: "ada is gone", nick: "ada" };
    assert.deepEqual(bob.stops, [stop]);
    assert.equal(world.desk.open, 0);
  });
}

Deno.test("FileDesk ignores frames that are late, and gives their credit back", async () => {
  await using world = new FilesWorld();
  const { ada, bob, transfer } = await threeWithTransfer(world);
  const stop = { transfer, key: KEY, code: "cancelled", message: "" };
  bob.connection.send(kinds.fileStop, stop);
  await turns();
  assert.equal(ada.stops[0]?.code, "cancelled");
  for (let offset = 0, sent = 0; sent < 40; offset += FILE_DATA_BYTES, sent++) {
    while (!ada.data(transfer, offset, FILE_DATA_BYTES)) await settle();
  }
  ada.connection.send(kinds.fileEnd, { transfer, size: 100, sha256 });
  ada.connection.send(kinds.fileStop, stop);
  bob.connection.send(kinds.answer, { transfer, isAccepted: true, offset: 0 });
  bob.connection.send(kinds.fileDone, { transfer, sha256 });
  await turns();
  assert.equal(ada.connection.stats.bytesQueued, 0);
  assert(ada.connection.isOpen && bob.connection.isOpen);
  assert.deepEqual([bob.dataBytes, ada.done.length], [0, 0]);
});

Deno.test("FileDesk takes twenty offers of one member, and no more", async () => {
  await using world = new FilesWorld();
  const [ada, bob] = [await Bystander.enter(world, "ada"), await Bystander.enter(world, "bob")];
  const offer = (n: number) => {
    const key = KEY.slice(2) + `${n}`.padStart(2, "0");
    return ada.connection.send(kinds.offer, { ...OFFER, key });
  };
  for (let n = 1; n <= 21; n++) offer(n);
  offer(3); // again: nothing
  await turns();
  assert.equal(bob.offered.length, 20);
  assert.deepEqual(ada.stops.map(({ code, nick }) => [code, nick]), [["too-many", "bob"]]);
  const transfer = bob.offered[0]?.transfer ?? 0;
  bob.connection.send(kinds.answer, { transfer, isAccepted: false, offset: 0, reason: "no" });
  await turns();
  assert.deepEqual(ada.stops[1], {
    transfer,
    key: bob.offered[0]?.key,
    code: "rejected",
    message: "no",
    nick: "bob",
  });
  offer(21);
  await turns();
  assert.equal(bob.offered.length, 21);
});

for (
  const [options, size, code, message] of [
    [{ maxFileBytes: 99 }, 100, "too-large", /: 100 bytes, wanted at most 99$/],
    [{ maxFileBytes: 0 }, 0, "not-allowed", /: this server passes no files on$/],
  ] as const
) {
  Deno.test(`FileDesk refuses what is ${code} with maxFileBytes ${options.maxFileBytes}`, async () => {
    await using world = new FilesWorld(options);
    const [ada, bob] = [await Bystander.enter(world, "ada"), await Bystander.enter(world, "bob")];
    ada.connection.send(kinds.offer, { ...OFFER, size });
    await turns();
    assert.equal(ada.stops[0]?.code, code);
    assert.match(ada.stops[0]?.message ?? "", message);
    assert.equal(bob.offered.length, 0);
  });
}

Deno.test("FileDesk refuses the offers of whoever may not share, and stops what runs", async () => {
  await using world = new FilesWorld();
  const { ada, bob, transfer } = await threeWithTransfer(world);
  world.suspended.set("ada", "suspended for 9 min");
  ada.connection.send(kinds.offer, { ...OFFER, key: "f".repeat(32) });
  await turns();
  assert.deepEqual(ada.stops.map(({ code, message }) => [code, message]), [
    ["not-allowed", "suspended for 9 min"],
  ]);
  const member = world.host.known("ada")?.member ?? assert.fail();
  world.desk.withdraw(member, "suspended for 9 min");
  await turns();
  assert.equal(ada.stops[1]?.transfer, transfer);
  assert.equal(bob.stops[0]?.message, "ada: suspended for 9 min");
  assert.equal(world.desk.open, 0);
});

Deno.test("FileDesk lets a receiver that takes nothing hold up no other file of its sender", async () => {
  await using world = new FilesWorld();
  const ada = await world.person("ada");
  const [bob, cy] = [await world.person("bob"), await world.person("cy")];
  const gate = Promise.withResolvers<void>();
  bob.files.onWrite = (path) => {
    if (path.endsWith(".tram-part")) bob.files.gate = gate.promise;
  };
  await handOver(world, ada, bob, someBytes(100 * CHUNK), "b.bin");
  await world.until(() => bob.files.gate !== undefined);
  await turns(200);
  const bytes = someBytes(200 * CHUNK);
  await handOver(world, ada, cy, bytes, "c.bin");
  await world.until(() => cy.last("done") !== undefined);
  assertSameBytes(cy.files.get("downloads/c.bin"), bytes);
  assert.equal(bob.last("done"), undefined);
  assert(world.budget.usedBytes < 8 * 1024 * 1024, `${world.budget.usedBytes} bytes are buffered`);
  let roundTripNs: number | undefined;
  bob.connection?.ping().then((ns) => roundTripNs = ns);
  await world.until(() => roundTripNs !== undefined);
  gate.resolve();
  bob.files.gate = undefined;
  await world.until(() => bob.last("done") !== undefined);
  assertSameBytes(bob.files.get("downloads/b.bin"), someBytes(100 * CHUNK));
});

Deno.test("FileDesk gives a sender that does not pause no credit beyond a mebibyte", async () => {
  await using world = new FilesWorld();
  const { ada, bob, eve, transfer } = await threeWithTransfer(world);
  const key = "e".repeat(32);
  ada.connection.send(kinds.offer, { ...OFFER, key, size: 2 ** 40 });
  ada.connection.send(kinds.offer, { ...OFFER, key, to: "@eve", size: 2 ** 40 });
  await turns();
  for (const one of [bob, eve]) {
    const answer = { transfer: one.offered.at(-1)?.transfer ?? 0, isAccepted: true, offset: 0 };
    one.connection.send(kinds.answer, answer);
  }
  await turns();
  const big = bob.offered.at(-1)?.transfer ?? 0;
  assert.notEqual(big, transfer);
  // Bob takes what his credit allows, and gives none back.
  for (let offset = 0, refused = 0; refused < 20;) {
    if (ada.data(big, offset, FILE_DATA_BYTES)) {
      offset += FILE_DATA_BYTES;
      refused = 0;
    } else refused++;
    await settle();
  }
  assert(ada.starts.some(({ transfer, isPaused }) => transfer === big && isPaused === true));
  const { bytesSent } = ada.connection.stats;
  // Bob's credit, his lane, the queue, and the credit that is held.
  const most = (256 + 1024 + 1024 + 256 + 256) * 1024;
  assert(bytesSent > 2 * 1024 * 1024 && bytesSent < most, `${bytesSent} bytes were taken`);
});

Deno.test("FileDesk keeps eight mebibytes for a sender, however many receivers take nothing", async () => {
  await using world = new FilesWorld();
  const ada = await Bystander.enter(world, "ada");
  const many: Bystander[] = [];
  for (let n = 0; n < 20; n++) many.push(await Bystander.enter(world, `b${n}`));
  ada.connection.send(kinds.offer, { ...OFFER, to: "#lobby", size: 2 ** 40 });
  await turns();
  for (const one of many) {
    const answer = { transfer: one.offered[0]?.transfer ?? 0, isAccepted: true, offset: 0 };
    one.connection.send(kinds.answer, answer);
  }
  await turns();
  // Just so much for each that its credit is still given back.
  const eachBytes = 2 * 1024 * 1024;
  for (const { offered: [offer] } of many) {
    for (let offset = 0, refused = 0; refused < 20 && offset < eachBytes;) {
      if (ada.data(offer?.transfer ?? 0, offset, FILE_DATA_BYTES)) {
        offset += FILE_DATA_BYTES;
        refused = 0;
      } else refused++;
      await settle();
    }
  }
  // The credit of each and its lane, the queue, the credit that is held.
  const most = (many.length * (256 + 1024) + 8 * 1024 + 2 * 256) * 1024;
  const { bytesSent } = ada.connection.stats;
  assert(bytesSent < most, `${bytesSent} bytes were taken`);
  for (const one of many) one.connection.abort("lost", "");
  await turns(200);
  assert.equal(world.desk.open, 0);
});
