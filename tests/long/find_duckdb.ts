/** Its packages for all systems do not load through `npm:`, so npm puts them into a folder. */
const PACKAGE = "@duckdb/node-api@1.5.6-r.1";
const TIMEOUT_MS = 120_000;

/** A folder that DuckDB can be required from, or the reason why there is none. */
export type DuckDbFolder = { readonly packages: string } | { readonly absence: string };

/** Installs DuckDB below `bench/results`, once. */
export async function findDuckDb(): Promise<DuckDbFolder> {
  const packages = decodeURIComponent(
    new URL("../../bench/results/duckdb", import.meta.url).pathname,
  );
  await Deno.mkdir(packages, { recursive: true });
  try {
    await Deno.stat(`${packages}/node_modules/@duckdb/node-api`);
    return { packages };
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
  await Deno.writeTextFile(`${packages}/package.json`, "{}\n");
  try {
    const { success } = await new Deno.Command("npm", {
      args: ["install", "--silent", "--no-audit", "--no-fund", PACKAGE],
      cwd: packages,
      stdin: "null",
      stdout: "null",
      stderr: "null",
      signal: AbortSignal.timeout(TIMEOUT_MS),
    }).output();
    if (success) return { packages };
  } catch {
    // There is no npm.
  }
  return { absence: `npm cannot install ${PACKAGE}` };
}
