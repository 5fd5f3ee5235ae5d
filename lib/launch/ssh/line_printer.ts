import type { Output } from "../../context.ts";
import { type Look, styleFor } from "../../terminal/style.ts";
import { LineSplitter } from "../line_splitter.ts";
import { shownLine } from "./shown_lines.ts";

/** Looks that tell machines apart, in turn. */
const LOOKS: readonly Look[] = ["cyan", "green", "yellow", "magenta", "blue"];

/** Where lines go. */
export interface LinePrinterParts {
  readonly stdout: Output;
  readonly stderr: Output;
  /** Of all machines: what stands before a line is as wide for all. */
  readonly names: readonly string[];
}

/** Prints the lines of one machine. */
export interface MachinePrinter {
  /** Resolves when more may come. */
  output(bytes: Uint8Array): Promise<void>;
  /** @param mark a line that is not shown */
  errors(bytes: Uint8Array, mark: string): Promise<void>;
  /** Prints what is left: a line without its end. */
  end(mark: string): void;
}

/** Prints whole lines of many machines, each with the name of its machine before it. */
export class LinePrinter {
  readonly #parts: LinePrinterParts;
  readonly #width: number;

  constructor(parts: LinePrinterParts) {
    this.#parts = parts;
    this.#width = Math.max(...parts.names.map((name) => name.length));
  }

  /** @param name of a machine */
  of(name: string): MachinePrinter {
    const { stdout, stderr, names } = this.#parts;
    const look = LOOKS[names.indexOf(name) % LOOKS.length] ?? "cyan";
    const [output, errors] = [new LineSplitter(), new LineSplitter()];
    const before = (to: Output) => `${styleFor(to)[look](`${name.padEnd(this.#width)} |`)} `;
    const print = (to: Output, lines: readonly string[]) => {
      if (lines.length === 0) return;
      const prefix = before(to);
      to.write(lines.map((line) => `${prefix}${shownLine(line)}\n`).join(""));
    };
    const without = (mark: string, lines: readonly string[]) =>
      lines.map((line) => line.endsWith(mark) ? line.slice(0, -mark.length) : line)
        .filter((line, i) => line !== "" || lines[i] === "");
    return {
      async output(bytes) {
        print(stdout, output.push(bytes));
        await stdout.drained?.();
      },
      async errors(bytes, mark) {
        print(stderr, without(mark, errors.push(bytes)));
        await stderr.drained?.();
      },
      end(mark) {
        print(stdout, output.end());
        print(stderr, without(mark, errors.end()));
      },
    };
  }
}
