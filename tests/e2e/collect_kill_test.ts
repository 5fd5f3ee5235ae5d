/** Servers and clients of `collect` that are killed at any moment: each sample is stored once. */
import assert from "node:assert/strict";
import { sampleCodec } from "../../lib/collect/sample_codec.ts";
import { realStateFiles } from "../../lib/transport/session/real_state_files.ts";
import { StateFile } from "../../lib/transport/session/state_file.ts";
import { Random } from "../random.ts";
import { type CollectRoom, summaryOf, until, withRoom } from "./collect_room.ts";
import { type TramProcess, wait } from "./processes.ts";

const CLIENTS = 20;
/** Every second client has a spool. */
const hasSpool = (index: number) => index % 2 === 1;

/** Each time one client with and one without a spool are killed, too. */
const SERVER_KILLS = 10;

/** Longest life of a server and longest time without one, in milliseconds. */
const MOST_UP_MS = 700;
const MOST_DOWN_MS = 200;

/** Longer than the longest pause between two attempts to connect. */
const PATIENCE = "25s";

/** What a spool says, from a copy, so that the file is what its process left. */
interface Spool {
  readonly session: string | undefined;
  readonly acknowledged: number;
  readonly last: number;
}

async function readSpool(path: string): Promise<Spool> {
  const copy = `${path}.copy`;
  try {
    await Deno.copyFile(path, copy);
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
    return { session: undefined, acknowledged: 0, last: 0 }; // killed before it made one
  }
  const state = await StateFile.open(realStateFiles, copy, { codec: sampleCodec });
  assert(state !== undefined);
  await using _ = state;
  const { acknowledgedSequence: acknowledged, lastSequence: last } = state.outbox;
  return { session: state.session?.id, acknowledged, last };
}

type StoredSessions = ReturnType<CollectRoom["read"]>;

/** A client that is started again under its name when it was killed. */
class Client implements AsyncDisposable {
  readonly id: string;
  readonly spool: string | undefined;
  kills = 0;
  /** What its spool said when it was killed last. */
  left: Spool = { session: undefined, acknowledged: 0, last: 0 };
  #process: TramProcess;
  readonly #start: () => TramProcess;
  /** Sessions with samples in the store when it was killed last. */
  #sessionsLeft = 0;

  constructor(room: CollectRoom, port: string, index: number) {
    this.id = `client-${index}`;
    this.spool = hasSpool(index) ? `${room.folder}/${this.id}.spool` : undefined;
    const args = ["--id", this.id, "--timeout", PATIENCE];
    if (this.spool !== undefined) args.push("--spool", this.spool);
    this.#start = () => room.send(port, args);
    this.#process = this.#start();
  }

  /** Kills it, looks whether the store has what it knew to be stored, and starts it again. */
  async kill(room: CollectRoom): Promise<void> {
    this.#process.kill("SIGKILL");
    await this.#process.ended;
    this.kills++;
    this.#sessionsLeft = this.#sessions(room.read()).length;
    if (this.spool !== undefined) {
      this.left = await readSpool(this.spool);
      const { session, acknowledged } = this.left;
      const stored = room.read().find(({ id }) => id === session);
      assert((stored?.highest ?? 0) >= acknowledged, `${this.id} had ${acknowledged} acknowledged`);
      if (acknowledged > 0) assert.equal(stored?.rows, stored?.highest);
    }
    this.#process = this.#start();
  }

  /** Whether its last process has stored something: before that it may not hear of interrupts yet. */
  isBack(rows: StoredSessions): boolean {
    const sessions = this.#sessions(rows);
    return this.spool === undefined
      ? sessions.length > this.#sessionsLeft
      : (sessions.at(-1)?.highest ?? 0) > this.left.last;
  }

  /** Of a client that was killed before it heard of its session, there is an empty one. */
  #sessions(rows: StoredSessions): StoredSessions {
    return rows.filter(({ clientId, highest }) => clientId === this.id && highest);
  }

  /** Interrupts it. */
  interrupt(): void {
    this.#process.kill("SIGINT");
  }

  /** Looks whether what it says is what is stored. */
  async check(room: CollectRoom): Promise<void> {
    const { taken, found, waiting, dropped } = await summaryOf(this.#process, 130);
    assert.deepEqual([waiting, dropped], [0, 0], `${this.id} has everything acknowledged`);
    const mine = () => this.#sessions(room.read());
    const sessions = mine();
    const last = sessions.at(-1);
    if (this.spool === undefined) {
      assert(sessions.length >= 1 && sessions.length <= 1 + this.kills, `${this.id} sessions`);
      assert.equal(last?.highest, taken, this.id);
      await until(`${this.id} has ended`, () => mine().at(-1)?.endSequence === taken);
    } else {
      assert.equal(sessions.length, 1, `${this.id} has one session, however often it was killed`);
      assert.equal(found, this.left.last - this.left.acknowledged, this.id);
      assert.equal(last?.highest, this.left.last + taken, this.id);
    }
    for (const { stored, equal, highest, rows, sequences, lastSequence } of sessions) {
      assert.deepEqual([stored + equal, lastSequence], [highest, highest], this.id);
      assert.deepEqual([rows, sequences], [stored, stored], this.id);
    }
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.#process[Symbol.asyncDispose]();
  }
}

Deno.test("collect stores each sample once, however often server and clients are killed", () =>
  withRoom(async (room) => {
    const random = new Random(Deno.pid); // when nothing else differs, the times do
    await using ends = new AsyncDisposableStack();
    let server = await room.serve();
    ends.defer(() => server[Symbol.asyncDispose]());
    const { port } = server;
    const clients = Array.from({ length: CLIENTS }, (_, index) => {
      return ends.use(new Client(room, port, index));
    });
    await until("all are there", () => {
      return new Set(room.read().filter(({ highest }) => highest > 0).map((s) => s.clientId))
        .size ===
        CLIENTS;
    });
    for (let kill = 0; kill < SERVER_KILLS; kill++) {
      const upMs = random.below(MOST_UP_MS);
      const victims = Promise.all([true, false].map(async (isSpooled) => {
        await wait(random.below(MOST_UP_MS));
        await random.pick(clients.filter(({ spool }) => (spool !== undefined) === isSpooled))
          .kill(room);
      }));
      victims.catch(() => {}); // looked at below
      await wait(upMs);
      server.process.kill("SIGKILL");
      await server.process.ended;
      await wait(random.below(MOST_DOWN_MS));
      server = await room.serve([], port);
      await victims;
    }
    await until("all are back", () => {
      const rows = room.read();
      return clients.every((client) => client.isBack(rows));
    });
    for (const client of clients) client.interrupt();
    for (const client of clients) await client.check(room);

    const reports = await room.report();
    assert.equal(reports.size, CLIENTS);
    for (const [id, sessions] of reports) {
      for (const { sent, stored, equal, lost } of sessions) {
        assert.equal(sent, stored + equal + lost, id);
        assert.equal(lost, 0, id);
      }
    }
    server.process.kill("SIGINT");
    assert.equal((await server.process.ended).code, 0);
  }));
