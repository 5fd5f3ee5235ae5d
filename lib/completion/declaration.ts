/** `tram completion` and what its scripts call back. */
import { command } from "../config/command.ts";
import { oneOf } from "../config/parse_flags.ts";

const shell = {
  ...oneOf("bash", "zsh", "fish"),
  placeholder: "SHELL",
  brief: "bash, zsh or fish; the shell that shall complete",
} as const;

/** `tram completion SHELL`. */
export const completion = command({
  path: ["completion"],
  brief: "Print a script that makes a shell complete tram's command lines",
  examples: [
    { line: "source <(tram completion bash)", brief: "In ~/.bashrc" },
    { line: "source <(tram completion zsh)", brief: "In ~/.zshrc, below compinit" },
    { line: "tram completion fish | source", brief: "In ~/.config/fish/config.fish" },
  ],
  positional: { shell },
  load: async () => (await import("./print_script.ts")).printScript,
});

/** `tram __complete SHELL -- WORDS`. */
export const complete = command({
  path: ["__complete"],
  brief: "Print what a command line may go on with, for the scripts of tram completion",
  positional: {
    shell,
    words: { parse: String, placeholder: "WORD", brief: "What stands behind tram", rest: true },
  },
  hidden: true,
  load: async () => (await import("./complete.ts")).complete,
});
