import { ExitCode } from "../config/exit_code.ts";
import { UsageError } from "../config/usage_error.ts";
import type { RunContext } from "../context.ts";
import { StoreError } from "../store/store_error.ts";
import { safeJson } from "../terminal/safe_text.ts";
import { formatTable } from "../terminal/table.ts";
import { parsePair } from "./parse_chat.ts";
import { seatNumber } from "./relay/pair_event.ts";
import { replayPair } from "./relay/replay_pair.ts";
import { replayJson, replayLines } from "./relay/replay_text.ts";
import type { ChatStore } from "./store/chat_store.ts";

/** Flags and arguments of `tram chat replay`. */
export interface ReplayFlags {
  /** File of the store, before that of `store`. */
  readonly file?: string | undefined;
  readonly store: string;
  /** Number of a pair. @default {the only one; a list when there are several} */
  readonly pair?: number | undefined;
  readonly json: boolean;
}

type Pairs = Awaited<ReturnType<ChatStore["pairs"]>>;

/**
 * `tram chat replay`: prints a recorded pair or game, event by event, also while a server uses the
 * store; fails when one of them breaks the rules.
 */
export async function replay(context: RunContext, flags: ReplayFlags): Promise<ExitCode> {
  const { json } = flags;
  const { file, pair } = meant(flags);
  await using store = await openToReplay(context, file);
  const pairs = await store.pairs();
  const [only] = pairs;
  if (only === undefined) {
    throw new UsageError(`Cannot replay ${file}: no relay was ever played in it`);
  }
  if (pair !== undefined && !pairs.some((one) => one.pair === pair)) {
    const known = pairs.map((one) => one.pair);
    const list = known.length > 10 ? `${known[0]} to ${known.at(-1)}` : known.join(", ");
    throw new UsageError(`Cannot replay pair ${pair}: there is none; wanted one of ${list}`);
  }
  if (pair === undefined && pairs.length > 1) return await listPairs(context, pairs, json);
  return await replayOne(context, store, pair ?? only.pair, json);
}

/** Which pair of which file. A number alone is a pair: no store is named so. */
function meant({ file, store, pair }: ReplayFlags): { file: string; pair: number | undefined } {
  const isPair = file !== undefined && pair === undefined && /^\d+$/.test(file);
  return isPair ? { file: store, pair: parsePair(file) } : { file: file ?? store, pair };
}

async function openToReplay(context: RunContext, file: string): Promise<ChatStore> {
  if (file === ":memory:") {
    throw new UsageError("Cannot replay :memory: of another process: wanted the file of a store");
  }
  try {
    return await context.openChatStore(file, true);
  } catch (error) {
    const isElsewhere = error instanceof StoreError &&
      (error.code === "other" || error.code === "not-a-store");
    if (!isElsewhere) throw error;
    throw new UsageError(error.message, { cause: error });
  }
}

async function listPairs(
  { process: { stdout } }: RunContext,
  pairs: Pairs,
  json: boolean,
): Promise<ExitCode> {
  const lines = json ? pairs.map((pair) => safeJson({ type: "pair", ...pair })) : formatTable({
    columns: [
      { title: "pair", align: "right" },
      { title: "seats" },
      { title: "events", align: "right" },
    ],
    rows: pairs.map(({ pair, events }) => [
      String(pair),
      `${seatNumber(pair, 0)} and ${seatNumber(pair, 1)}`,
      String(events),
    ]),
    columnsAvailable: stdout.columns,
  });
  stdout.write(lines.map((line) => `${line}\n`).join(""));
  await stdout.drained?.();
  return ExitCode.Done;
}

async function replayOne(
  { signal, process: { stdout } }: RunContext,
  store: ChatStore,
  pair: number,
  json: boolean,
): Promise<ExitCode> {
  const texts = await store.relayEvents(pair);
  let problems = 0;
  for (const step of replayPair(texts)) {
    if (signal.aborted) return ExitCode.Interrupted;
    if (step.problem !== undefined) problems++;
    const lines = json ? [replayJson(pair, step)] : replayLines(pair, step);
    stdout.write(lines.map((line) => `${line}\n`).join(""));
    await stdout.drained?.();
  }
  if (!json) {
    const what = `${texts.length} event${texts.length === 1 ? "" : "s"}`;
    stdout.write(
      problems === 0 ? `${what}, all by the rules\n` : `${what}, ${problems} against the rules\n`,
    );
  }
  return problems === 0 ? ExitCode.Done : ExitCode.Failed;
}
