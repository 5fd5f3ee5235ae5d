/** What a client of `collect` remembers, and who it is. */
import { UsageError } from "../config/usage_error.ts";
import type { TramContext } from "../context.ts";
import { clientIdFrom } from "../transport/handshake_messages.ts";
import { openState } from "../transport/session/open_state.ts";
import { MemoryState, type SessionState } from "../transport/session/session_state.ts";
import { StateFile } from "../transport/session/state_file.ts";
import { sampleCodec } from "./sample_codec.ts";
import type { Sample } from "./sample_sender.ts";

/** Notes of a spool. */
const Note = { Id: "id", Steps: "steps" } as const;

/**
 * Nobody watches the clock between two processes that share a spool, so the second one counts on from
 * here: by more than the steps that the first may have seen and not written any more.
 */
const STEPS_PER_PROCESS = 1000;

/** What a client remembers, to be given back at the end. */
export interface SenderMemory extends AsyncDisposable {
  readonly state: SessionState<Sample>;
  readonly clientId: string;
  /** How often this machine's clock had been set in this session. */
  readonly steps: number;
  /** To be told when it was set again. */
  readonly noteSteps: (steps: number) => void;
}

/** What says where to remember. */
export interface SenderMemoryFlags {
  readonly host: string;
  readonly port: number;
  readonly id?: string | undefined;
  readonly spool?: string | undefined;
  readonly queue: number;
}

/**
 * Opens what a client remembers: a spool, or memory that ends with the process. A client that nobody
 * named has the name of its machine; a second one on the same machine gets the lowest free number.
 *
 * @throws {UsageError} when another process has the spool
 * @throws {Error} when the spool cannot be used
 */
export async function openMemory(
  context: TramContext,
  flags: SenderMemoryFlags,
): Promise<SenderMemory> {
  const { id, spool, queue: maxEntries } = flags;
  const limits = { maxEntries, maxBytes: Infinity, whenFull: "drop-oldest" } as const;
  if (spool !== undefined) return await openSpool(context, spool, id, limits);
  const slot = id === undefined ? await takeSlot(context, flags) : undefined;
  return {
    state: new MemoryState<Sample>(limits),
    clientId: clientIdFrom(id ?? slot?.clientId ?? context.hostName()),
    steps: 0,
    noteSteps() {},
    [Symbol.asyncDispose]: async () => await slot?.release(),
  };
}

async function openSpool(
  context: TramContext,
  path: string,
  id: string | undefined,
  limits: { maxEntries: number; maxBytes: number; whenFull: "drop-oldest" },
): Promise<SenderMemory> {
  const files = await context.stateFiles();
  const state = await StateFile.open<Sample>(files, path, { codec: sampleCodec, ...limits });
  if (state === undefined) throw new UsageError(`Cannot use spool ${path}: another process has it`);
  const { damage } = state;
  if (damage !== undefined) {
    const where = damage.keptAt === undefined ? "" : `; what cannot be read is in ${damage.keptAt}`;
    context.process.stderr.write(
      `tram: warning: ${path} was cut or damaged: ${damage.lostBytes} bytes are lost${where}\n`,
    );
  }
  const known = state.notes.get(Note.Id);
  if (id !== undefined && known !== undefined && known !== id) {
    await state[Symbol.asyncDispose]();
    throw new UsageError(`Cannot send as "${id}": the spool ${path} is that of "${known}"`);
  }
  const clientId = clientIdFrom(id ?? known ?? context.hostName());
  const steps = known === undefined
    ? 0
    : Number(state.notes.get(Note.Steps) ?? 0) + STEPS_PER_PROCESS;
  state.note(Note.Id, clientId);
  state.note(Note.Steps, String(steps));
  try {
    await state.sync(); // no other process ever counts from there
  } catch (error) {
    await state[Symbol.asyncDispose]().catch(() => {});
    throw error;
  }
  return {
    state,
    clientId,
    steps,
    noteSteps: (steps) => state.note(Note.Steps, String(steps)),
    [Symbol.asyncDispose]: () => state[Symbol.asyncDispose](),
  };
}

/** The lowest number that no other client of this machine has for the same server. */
async function takeSlot(
  context: TramContext,
  { host, port }: SenderMemoryFlags,
): Promise<{ readonly clientId: string; release(): Promise<void> } | undefined> {
  try {
    const { state, profile } = await openState<Sample>(context, await context.stateFiles(), {
      service: "collect",
      server: { host, port },
      codec: sampleCodec,
    });
    const suffix = profile === "default" ? "" : `-${profile}`;
    return {
      clientId: `${context.hostName()}${suffix}`,
      release: () => state[Symbol.asyncDispose](),
    };
  } catch {
    return undefined; // nowhere to remember: the name of the machine must do
  }
}
