/**
 * Lists of machines. A line names one machine or several, and says what is to be known of them:
 *
 *     # the lab
 *     ada@gateway:2222           slots=4
 *     node[01-20,30],rack[1-2]-a slots=2 room=north
 *     [2001:db8::7]
 *     here
 */
import { nearest } from "../../config/did_you_mean.ts";
import { expandRanges, MAX_MACHINES } from "./expand_ranges.ts";
import { type Machine, machineLine } from "./machine.ts";
import { parseAddress } from "./parse_address.ts";
import { splitOutsideBrackets } from "./split_outside_brackets.ts";

/** Most copies that a line can let a machine take. */
const MAX_SLOTS = 1024;

/** What a list says. */
export interface MachineList {
  /** In the order of the list; no two have the same name. */
  readonly machines: readonly Machine[];
  /** What somebody should look at: lines that say the same. */
  readonly warnings: readonly string[];
}

/**
 * The machines of a list. One that stands in two lines which say the same is one machine, and a
 * warning says so; where they say different things neither can be right.
 *
 * @param path of the list, for messages
 * @throws {SyntaxError} one line with the path and the number of the line
 */
export function parseMachines(text: string, path: string): MachineList {
  const found = new Map<string, { readonly machine: Machine; readonly lineNumber: number }>();
  const warnings: string[] = [];
  for (const [at, line] of text.replace(/^\ufeff/, "").split(/\r?\n/).entries()) {
    const words = line.replace(/(^|\s)#.*$/, "").trim();
    if (words === "") continue;
    const lineNumber = at + 1;
    const where = `${path}, line ${lineNumber}`;
    for (const machine of inLine(words, where)) {
      const before = found.get(machine.name);
      if (before === undefined) {
        found.set(machine.name, { machine, lineNumber });
        if (found.size > MAX_MACHINES) {
          throw new SyntaxError(`Cannot use ${where}: wanted at most ${MAX_MACHINES} machines`);
        }
        continue;
      }
      const twice = `${machine.name} stands in line ${before.lineNumber} already`;
      if (machineLine(before.machine) !== machineLine(machine)) {
        throw new SyntaxError(`Cannot use ${where}: ${twice}, with other words behind it`);
      }
      warnings.push(`${where}: ${twice}; it is one machine`);
    }
  }
  return { machines: [...found.values()].map(({ machine }) => machine), warnings };
}

/** @param where for messages */
function inLine(line: string, where: string): readonly Machine[] {
  const [pattern = "", ...words] = line.split(/\s+/);
  try {
    const about = aboutMachine(words);
    return splitOutsideBrackets(pattern).flatMap(expandRanges)
      .map((name) => ({ ...parseAddress(name), ...about }));
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    throw new SyntaxError(`Cannot use ${where}: ${error.message}`);
  }
}

/** What the words behind a name say. @throws {SyntaxError} */
function aboutMachine(words: readonly string[]): Pick<Machine, "slots" | "values"> {
  const values: Record<string, string> = Object.create(null);
  let slots: number | undefined;
  for (const word of words) {
    const match = /^([A-Za-z][A-Za-z0-9_-]{0,63})=(.*)$/.exec(word);
    const [, name = "", value = ""] = match ?? [];
    if (match === null) {
      throw new SyntaxError(
        `wanted name=value, got "${word}"; several machines of a line have commas between them`,
      );
    }
    if (name === "slots") {
      if (slots !== undefined) throw new SyntaxError(`wanted slots once, got "${word}" too`);
      slots = parseSlots(value);
      continue;
    }
    if (nearest(name, ["slots"]) !== undefined) {
      throw new SyntaxError(`wanted a name that is not so near to slots, got "${word}"`);
    }
    if (name in values) throw new SyntaxError(`wanted ${name} once, got "${word}" too`);
    values[name] = value;
  }
  return { slots: slots ?? 1, values: { ...values } };
}

function parseSlots(text: string): number {
  const slots = Number(text);
  if (/^\d+$/.test(text) && slots >= 1 && slots <= MAX_SLOTS) return slots;
  throw new SyntaxError(`wanted slots from 1 to ${MAX_SLOTS}, got "slots=${text}"`);
}
