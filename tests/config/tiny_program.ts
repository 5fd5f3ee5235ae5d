/** A small program of commands as data, to see what happens to values. */
import { buildApplication } from "@stricli/core";
import { buildRoutes } from "../../lib/config/build_routes.ts";
import { command, type CommandTable, type Program } from "../../lib/config/command.ts";
import { oneOf, parseCount, parsePath, parseSizeBytes } from "../../lib/config/parse_flags.ts";
import { subcommand } from "../../lib/config/subcommand.ts";
import type { TramContext } from "../../lib/context.ts";

/** What the body of {@linkcode tinyCommand} was called with. */
export const calls: unknown[] = [];

/** A command with an option of each kind. */
export const tinyCommand = command({
  path: ["tiny", "run"],
  brief: "Do nothing",
  examples: [{ args: "--size 1KiB", brief: "With a size" }],
  options: {
    size: {
      kind: "value",
      parse: parseSizeBytes,
      default: "1KiB",
      placeholder: "SIZE",
      brief: "A size",
    },
    maxCount: {
      kind: "value",
      parse: parseCount,
      placeholder: "N",
      brief: "A count",
      alias: "m",
      alsoNamed: ["upper_limit"],
    },
    of: { kind: "value", ...oneOf("response", "service"), placeholder: "WHAT", brief: "Of what" },
    log: {
      kind: "value",
      parse: parsePath,
      placeholder: "FILE",
      brief: "Where to",
      completes: "file",
      common: true,
    },
    pin: {
      kind: "value",
      parse: parseCount,
      placeholder: "PIN",
      brief: "A number to keep",
      secret: true,
    },
    json: { kind: "switch", brief: "JSON", common: true },
  },
  positional: {
    from: { parse: parsePath, placeholder: "FROM", brief: "A file", completes: "file" },
    rest: { parse: parseCount, placeholder: "N", brief: "Counts", rest: true },
  },
  load: async () => {
    await Promise.resolve();
    return (_context, values) => {
      // The types follow from the table.
      const { size, maxCount, of, json, from, rest }: {
        readonly size: number;
        readonly maxCount: number | undefined;
        readonly of: "response" | "service" | undefined;
        readonly json: boolean;
        readonly from: string;
        readonly rest: readonly number[];
      } = values;
      calls.push({ size, maxCount, of, json, from, rest, log: values.log, pin: values.pin });
      return Promise.resolve(0 as const);
    };
  },
});

/** A sibling that has to be told something. */
export const tinyOther = command({
  path: ["tiny", "other"],
  brief: "Do nothing else",
  options: {
    target: { kind: "value", parse: String, required: true, placeholder: "X", brief: "Where" },
    maxCount: {
      kind: "value",
      parse: (text: string) => text === "none" ? Infinity : parseCount(text),
      placeholder: "N",
      brief: "A count, or none",
    },
  },
  load: async () => {
    await Promise.resolve();
    return (_context, { target }) => {
      calls.push({ target: target.toUpperCase() });
      return Promise.resolve(0 as const);
    };
  },
});

/** Both, as commands see them. */
export const tinyCatalog: Pick<Program, "catalog" | "sections"> & {
  readonly catalog: readonly CommandTable[];
} = {
  catalog: [tinyCommand, tinyOther],
  sections: ["tiny", "chat"],
};

const tiny = subcommand({
  name: "tiny",
  brief: "Small",
  examples: [],
  commands: [tinyCommand, tinyOther],
});

/** All of it. */
export const tinyProgram: Program = {
  ...tinyCatalog,
  application: buildApplication<TramContext>(
    buildRoutes({ brief: "", examples: [], subcommands: [tiny], commands: [] }, () => tinyProgram),
    { name: "tram", scanner: { caseStyle: "allow-kebab-for-camel" } },
  ),
};
