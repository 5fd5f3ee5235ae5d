/** How this tram was started, for starting another one: as an executable, or from source. */
export function tramCommand(): { readonly command: string; readonly args: readonly string[] } {
  const command = Deno.execPath();
  if (Deno.build.standalone) return { command, args: [] };
  return { command, args: ["run", "-A", "--quiet", new URL("../../cli.ts", import.meta.url).href] };
}
