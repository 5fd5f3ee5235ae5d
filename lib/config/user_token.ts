/**
 * Tokens of the person who runs tram: from `--token-file`, else from `TRAM_TOKEN`, else their own
 * file in the configuration folder. A token is never an argument, so it never shows in `ps`.
 */
import type { TramContext } from "../context.ts";
import { isLoopback } from "../transport/network.ts";
import { formatToken, newToken, parseTokens, type Token } from "../transport/token.ts";
import { configPath } from "./config_folder.ts";
import { UsageError } from "./usage_error.ts";

/** File of the user's own tokens. @throws {UsageError} when the environment names no folder */
export function userTokenPath(context: TramContext): string {
  const path = configPath(context, "token");
  if (path !== undefined) return path;
  throw new UsageError("Cannot find the configuration folder: set HOME or TRAM_CONFIG_DIR");
}

/** Tokens of the user's own file, or `undefined` when there is none. */
export async function readUserTokens(context: TramContext): Promise<Token[] | undefined> {
  const path = configPath(context, "token");
  if (path === undefined) return undefined;
  const text = await context.files.readSecret(path);
  return text === undefined ? undefined : parseTokens(text, path);
}

/** Tokens that were named on the command line or in the environment. */
async function readNamedTokens(
  context: TramContext,
  tokenFile: string | undefined,
): Promise<Token[] | undefined> {
  if (tokenFile !== undefined) {
    const text = await context.files.readSecret(tokenFile);
    if (text === undefined) {
      throw new UsageError(`Cannot read token file ${tokenFile}: there is no such file`);
    }
    return parseTokens(text, tokenFile);
  }
  const fromEnv = context.process.env["TRAM_TOKEN"];
  return fromEnv ? parseTokens(fromEnv, "TRAM_TOKEN") : undefined;
}

/** Flags that say who gets in. */
export interface AccessFlags {
  readonly host: string;
  readonly tokenFile?: string | undefined;
  readonly insecure: boolean;
}

/**
 * Tokens for a server that stands open on loopback only.
 *
 * @returns `undefined` when everybody may come in
 * @throws {UsageError} when other machines reach it and there is no token
 */
export async function tokensToServe(
  context: TramContext,
  { host, tokenFile, insecure }: AccessFlags,
): Promise<Token[] | undefined> {
  const named = await readNamedTokens(context, tokenFile);
  if (named !== undefined && insecure) {
    throw new UsageError("Cannot both take a token and be --insecure: leave out one of them");
  }
  if (named !== undefined || insecure || isLoopback(host)) return named;
  const own = await readUserTokens(context);
  if (own !== undefined) return own;
  throw new UsageError(
    `Cannot listen on ${host} without a token, since other machines reach it: make one with ` +
      `"tram token new" and copy it to the clients, or let everybody in with --insecure`,
  );
}

/**
 * Tokens for a server that never stands open unless somebody says so: those that are named, else the
 * user's own, which are made on first use.
 *
 * @returns `undefined` when everybody may come in
 */
export async function tokensToGuard(
  context: TramContext,
  { tokenFile, insecure }: AccessFlags,
): Promise<Token[] | undefined> {
  const named = await readNamedTokens(context, tokenFile);
  if (named !== undefined && insecure) {
    throw new UsageError("Cannot both take a token and be --insecure: leave out one of them");
  }
  if (named !== undefined || insecure) return named;
  const path = userTokenPath(context);
  await context.files.appendSecret(path, (text) => {
    return text.trim() === "" ? `${formatToken(newToken())}\n` : "";
  });
  return await readUserTokens(context);
}

/** The token of a client, and how to use it: as `Credentials` has them. */
export async function tokenToDial(
  context: TramContext,
  { host, tokenFile, insecure }: AccessFlags,
): Promise<{ token?: Token | undefined; tokenUse: "always" | "if-asked" }> {
  const named = await readNamedTokens(context, tokenFile);
  if (named !== undefined) return { token: named[0], tokenUse: insecure ? "if-asked" : "always" };
  const own = await readUserTokens(context);
  return { token: own?.[0], tokenUse: insecure || isLoopback(host) ? "if-asked" : "always" };
}
