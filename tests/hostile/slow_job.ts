/** A run of `mapreduce` whose map tasks wait at a worker until they may go on. */
import assert from "node:assert/strict";
import type { Token } from "../../lib/transport/token.ts";
import { JsonProcess } from "../e2e/json_process.ts";
import { type ServerEvent, tokenOfStage } from "./stage.ts";

/** Inputs, each a map task of its own: too large to be packed into one. */
const INPUTS = 2;

/** What is counted. */
const WORDS = ["red", "green", "green", "blue", "blue", "blue"];

/** Bytes of an input that are no words. */
const BLANK_BYTES = 1024 * 1024;

/** A run and its one worker. */
export class SlowJob implements AsyncDisposable {
  readonly run: JsonProcess<ServerEvent>;
  readonly worker: JsonProcess<ServerEvent>;
  readonly port: string;
  readonly token: Token;
  readonly #folder: string;

  private constructor(
    folder: string,
    token: Token,
    run: JsonProcess<ServerEvent>,
    worker: JsonProcess<ServerEvent>,
    port: string,
  ) {
    [this.#folder, this.token, this.run, this.worker, this.port] = [
      folder,
      token,
      run,
      worker,
      port,
    ];
  }

  /** Starts both; the worker has all map tasks when this is done. */
  static async start(folder: string): Promise<SlowJob> {
    const { token, env } = tokenOfStage();
    const all = { ...env, TRAM_CONFIG_DIR: folder, TMPDIR: folder };
    const blanks = " ".repeat(BLANK_BYTES);
    await Deno.mkdir(`${folder}/in`);
    for (let i = 0; i < INPUTS; i++) {
      await Deno.writeTextFile(`${folder}/in/${i}.txt`, `${WORDS.join(" ")}\n${blanks}\n`);
    }
    const wait = `until [ -e '${folder}/open' ]; do sleep 0.2; done`;
    const run = new JsonProcess<ServerEvent>([
      ...["mapreduce", "run", "--json", "--workers", "join", "--port", "0", "--partitions", "2"],
      ...["--mapper", `${wait}; tr -s ' ' '\\n' | sed -n 's/..*/&\\t1/p'`],
      ...["--reducer", "cut -f 1 | uniq -c | awk '{ print $2 \"\t\" $1 }'"],
      ...["--output", `${folder}/out`, `${folder}/in`],
    ], all);
    const { port } = await run.event("listening");
    const worker = new JsonProcess<ServerEvent>([
      ...["mapreduce", "worker", "--coordinator", `127.0.0.1:${port}`, "--json"],
      ...["--threads", `${INPUTS}`],
    ], all);
    await run.event("attempt");
    return new SlowJob(folder, token, run, worker, String(port));
  }

  /** Lets the tasks go on, and looks at the output. */
  async finish(): Promise<void> {
    await Deno.writeTextFile(`${this.#folder}/open`, "");
    const { code, stderr } = await this.run.ended;
    assert.equal(code, 0, stderr);
    assert.equal((await this.worker.ended).code, 0, this.worker.stderr);
    const out = `${this.#folder}/out`;
    const parts = [...Deno.readDirSync(out)].map(({ name }) => name).sort();
    assert.deepEqual(
      parts.filter((name) => !/^(part-\d{5}|_SUCCESS|_journal.*|_lock)$/.test(name)),
      [],
    );
    const lines = parts.filter((name) => name.startsWith("part-"))
      .flatMap((name) => Deno.readTextFileSync(`${out}/${name}`).trimEnd().split("\n"));
    const wanted = ["blue\t6", "green\t4", "red\t2"];
    assert.deepEqual(lines.filter((line) => line !== "").sort(), wanted);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.worker[Symbol.asyncDispose]();
    await this.run[Symbol.asyncDispose]();
  }
}
