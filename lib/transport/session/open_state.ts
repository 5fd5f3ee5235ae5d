import type { StateFiles } from "./state_files.ts";
import { StateFile, type StateFileOptions } from "./state_file.ts";
import { type StateEnvironment, type StateKey, statePath } from "./state_path.ts";

/** Profiles that are tried before giving up. */
const MAX_PROFILES = 1000;

/** Options of {@linkcode openState}. */
export interface OpenStateOptions<T> extends StateKey, StateFileOptions<T> {
  /** The profile to use; without one, the first of `default`, `2`, `3` … that is free. */
  readonly profile?: string | undefined;
  /** Without `profile`: the first of `NAME`, `NAME-2`, `NAME-3` … that is free. */
  readonly firstProfile?: string | undefined;
}

/** A state file that is open. */
export interface OpenedState<T> {
  /** The state itself, to be disposed of. */
  readonly state: StateFile<T>;
  /** The profile that it belongs to. */
  readonly profile: string;
  /** Where it is. */
  readonly path: string;
}

/**
 * Opens a client's state for a server in the user's state folder: there is one file per service,
 * server and profile, and one process has it.
 *
 * @throws {Error} one line: the profile that was asked for is in use, or the file cannot be used
 */
export async function openState<T>(
  environment: StateEnvironment,
  files: StateFiles,
  options: OpenStateOptions<T>,
): Promise<OpenedState<T>> {
  const { profile: wanted, firstProfile } = options;
  const [first, others] = firstProfile === undefined
    ? ["default", ""]
    : [firstProfile, `${firstProfile}-`];
  const last = wanted === undefined ? MAX_PROFILES : 1;
  for (let number = 1; number <= last; number++) {
    const profile = wanted ?? (number === 1 ? first : `${others}${number}`);
    const path = statePath(environment, options, profile);
    const state = await StateFile.open(files, path, options);
    if (state !== undefined) return { state, profile, path };
  }
  throw new Error(
    wanted === undefined
      ? `Cannot open a profile: ${MAX_PROFILES} are in use; end some of these processes`
      : `Cannot use profile "${wanted}": another process has it; take another one with --profile`,
  );
}
