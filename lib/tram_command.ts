/**
 * How this tram was started, for starting another one: as an executable, or from source.
 *
 * @param flags for Deno, from source; those of an executable are baked in
 */
export function tramCommand(
  flags: readonly string[] = [],
): { readonly command: string; readonly args: readonly string[] } {
  const command = Deno.execPath();
  // Threads of an executable are not told that they are in one, but for where its files seem to be.
  const isExecutable = Deno.build.standalone ?? import.meta.url.includes("/deno-compile-");
  if (isExecutable) return { command, args: [] };
  const cli = new URL("../cli.ts", import.meta.url).href;
  return { command, args: ["run", "-A", "--quiet", ...flags, cli] };
}
