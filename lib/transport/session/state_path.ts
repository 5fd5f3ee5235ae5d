import { type Address, formatAddress } from "../network.ts";

/** Names that profiles may have. Lower case only: some file systems do not tell the cases apart. */
const PROFILE = /^[a-z0-9][a-z0-9._-]{0,31}$/;

/** What a state file is found by. */
export interface StateKey {
  /** Name of the service. */
  readonly service: string;
  /** Address that the client dials. */
  readonly server: Address;
}

/** What says where the user's folders are; the context of a command does. */
export interface StateEnvironment {
  /** `linux`, `darwin` or `windows`. */
  readonly os: string;
  /** The process, with its environment. */
  readonly process: { readonly env: Readonly<Partial<Record<string, string>>> };
}

/** Folder of what tram remembers for its user, or `undefined` when the environment names none. */
export function stateFolder({ os, process: { env } }: StateEnvironment): string | undefined {
  if (env["TRAM_STATE_DIR"]) return env["TRAM_STATE_DIR"];
  if (os === "windows" && env["LOCALAPPDATA"]) return `${env["LOCALAPPDATA"]}\\tram\\state`;
  if (os === "darwin" && env["HOME"]) {
    return `${env["HOME"]}/Library/Application Support/tram/state`;
  }
  if (env["XDG_STATE_HOME"]) return `${env["XDG_STATE_HOME"]}/tram`;
  if (env["HOME"]) return `${env["HOME"]}/.local/state/tram`;
  return undefined;
}

/**
 * Path of the state file of a profile.
 *
 * @throws {Error} when the environment names no folder, or the profile has a name of another form
 */
export function statePath(
  environment: StateEnvironment,
  { service, server }: StateKey,
  profile: string,
): string {
  if (!PROFILE.test(profile)) {
    throw new Error(
      `Cannot use profile "${profile}": wanted 1 to 32 of a-z 0-9 . _ -, a letter or digit first`,
    );
  }
  const folder = stateFolder(environment);
  if (folder === undefined) {
    throw new Error("Cannot find the folder for state: set HOME or TRAM_STATE_DIR");
  }
  const address = encodeURIComponent(formatAddress(server).toLowerCase());
  return [folder, service, address, `${profile}.state`].join(
    environment.os === "windows" ? "\\" : "/",
  );
}
