import { ExitCode } from "../config/exit_code.ts";
import type { TramContext } from "../context.ts";
import { BASH_SCRIPT } from "./bash_script.ts";
import { FISH_SCRIPT } from "./fish_script.ts";
import { ZSH_SCRIPT } from "./zsh_script.ts";

const SCRIPTS = { bash: BASH_SCRIPT, zsh: ZSH_SCRIPT, fish: FISH_SCRIPT } as const;

/** The body of `tram completion`: prints the script for a shell. */
export function printScript(
  { process: { stdout } }: TramContext,
  { shell }: { readonly shell: keyof typeof SCRIPTS },
): Promise<ExitCode> {
  stdout.write(SCRIPTS[shell]);
  return Promise.resolve(ExitCode.Done);
}
