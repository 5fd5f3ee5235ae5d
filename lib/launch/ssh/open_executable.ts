import { UsageError } from "../../config/usage_error.ts";
import type { RunContext } from "../../context.ts";
import type { ExecutableFile } from "./programs.ts";

/**
 * The executable for other machines: the one that is named, else this tram.
 *
 * @throws {UsageError} when this tram runs from source and none is named
 */
export async function openExecutable(
  { sshWorld }: Pick<RunContext, "sshWorld">,
  path: string | undefined,
): Promise<ExecutableFile> {
  const world = await sshWorld();
  const wanted = path ?? world.ownExecutable;
  if (wanted !== undefined) return await world.openExecutable(wanted);
  throw new UsageError(
    'Cannot deploy this tram, which runs from source: make an executable by "deno task compile" ' +
      "and name it, --executable dist/tram",
  );
}
