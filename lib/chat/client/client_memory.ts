/** What a client of `chat` remembers: its session, lines that are not delivered, and notes. */
import { UsageError } from "../../config/usage_error.ts";
import type { TramContext } from "../../context.ts";
import { openState } from "../../transport/session/open_state.ts";
import {
  MemoryState,
  type SessionState,
  type StoredSession,
} from "../../transport/session/session_state.ts";
import { StateFile } from "../../transport/session/state_file.ts";
import { type FileNotes, MemoryNotes } from "../files/file_notes.ts";
import { safeText } from "../../terminal/safe_text.ts";
import { profileOf } from "./profile_of.ts";
import { type TypedLine, typedLineCodec } from "./typed_line.ts";

/** Lines that may wait. */
const MAX_WAITING = 10_000;

/** What is remembered by name. */
export interface Notes {
  get(name: string): string | undefined;
  /** Written soon, with whatever is written next. */
  set(name: string, value: string): void;
}

/** What a client remembers. */
export interface ClientMemory extends AsyncDisposable {
  readonly state: SessionState<TypedLine>;
  readonly notes: Notes;
  /** The same, as files want it. */
  readonly fileNotes: FileNotes;
  /** Resolves when all so far outlives a kill; missing where nothing does. */
  readonly sync: (() => Promise<void>) | undefined;
  /** Name of the profile, where there is a file. */
  readonly profile: string | undefined;
  /**
   * Goes on with another session, of which the server has `highestSequence` already; lines that wait
   * follow in it. Nothing may be connected meanwhile.
   */
  adopt(session: StoredSession, highestSequence: number): Promise<void>;
}

/** What says where to remember. */
export interface ClientMemoryFlags {
  readonly host: string;
  readonly port: number;
  /** Each has a profile of its own, where none is named. */
  readonly nick?: string | undefined;
  readonly profile?: string | undefined;
  readonly noState: boolean;
}

/**
 * Opens what a client remembers: a file of its own for each server and profile, or memory.
 *
 * @param onTrouble told when something cannot be kept
 * @throws {UsageError} when the profile is in use, or has a name of another form
 * @throws {Error} one line: its file cannot be used
 */
export async function openClientMemory(
  context: TramContext,
  { host, port, nick, profile, noState }: ClientMemoryFlags,
  onTrouble: (error: unknown) => void,
): Promise<ClientMemory> {
  if (noState) return memoryOnly();
  const firstProfile = nick === undefined ? undefined : profileOf(nick);
  const opened = await openState<TypedLine>(context, await context.stateFiles(), {
    service: "chat",
    server: { host, port },
    codec: typedLineCodec,
    maxEntries: MAX_WAITING,
    profile,
    firstProfile,
    onTrouble,
  }).catch((error) => {
    throw /profile "/.test(error?.message) ? new UsageError(error.message) : error;
  });
  const { stderr } = context.process;
  if (profile === undefined && firstProfile !== undefined && opened.profile !== firstProfile) {
    stderr.write(
      `tram: another process is here as ${safeText(nick ?? "")}: ` +
        `this one has profile ${opened.profile}, and a name of its own\n`,
    );
  }
  const { damage } = opened.state;
  if (damage !== undefined) {
    const where = damage.keptAt === undefined ? "" : `; what cannot be read is in ${damage.keptAt}`;
    stderr.write(
      `tram: warning: ${opened.path} was cut or damaged: ${damage.lostBytes} bytes are lost${where}\n`,
    );
  }
  return inFile(opened.state, opened.profile);
}

/** Memory in a file that is open. @param profile its name */
export function inFile(state: StateFile<TypedLine>, profile: string): ClientMemory {
  return {
    state,
    notes: {
      get: (name) => state.notes.get(name),
      set: (name, value) => state.note(name, value),
    },
    fileNotes: state,
    sync: () => state.sync(),
    profile,
    adopt: async (session, highestSequence) => {
      await adopt(state, session, highestSequence, () => state.skip(highestSequence));
      await state.sync();
    },
    [Symbol.asyncDispose]: () => state[Symbol.asyncDispose](),
  };
}

/** Memory that ends with the process. */
export function memoryOnly(): ClientMemory {
  const state = new MemoryState<TypedLine>({ maxEntries: MAX_WAITING });
  const kept = new MemoryNotes();
  return {
    state,
    notes: {
      get: (name) => kept.notes.get(name),
      set: (name, value) => kept.note(name, value),
    },
    fileNotes: kept,
    sync: undefined,
    profile: undefined,
    adopt: (session, highestSequence) => adopt(state, session, highestSequence, () => {}),
    [Symbol.asyncDispose]: () => Promise.resolve(),
  };
}

async function adopt(
  state: SessionState<TypedLine>,
  session: StoredSession,
  highestSequence: number,
  skip: () => void,
): Promise<void> {
  const { outbox } = state;
  const lines = [...outbox.entries()].map(({ value }) => value);
  await state.begin(session, "discard");
  if (highestSequence > 0) {
    skip();
    const { dropped, skipped } = outbox;
    const numbers = { acknowledged: highestSequence, last: highestSequence };
    outbox.reloadCounters({ ...numbers, dropped, skipped });
  }
  for (const line of lines) state.add(line);
}
