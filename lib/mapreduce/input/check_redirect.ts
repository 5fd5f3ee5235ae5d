import { InputError } from "./input_source.ts";

/**
 * Checks where a server has led to: anywhere by `http` or `https`, but not from `https` to `http`,
 * where anybody on the way could change what comes.
 *
 * @param led URL of what answered, empty where it is not known
 * @throws {InputError}
 */
export function checkRedirect(url: string, led: string): void {
  if (led === "" || led === url) return;
  const [from, to] = [new URL(url).protocol, new URL(led).protocol];
  if (to === "https:" || (to === "http:" && from === "http:")) return;
  throw new InputError(
    "unreadable",
    `cannot be fetched: the server leads from ${from} to ${to}, which is not followed`,
  );
}
