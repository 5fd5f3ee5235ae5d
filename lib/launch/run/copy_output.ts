import type { Output } from "../../context.ts";
import { colorOf } from "../../terminal/color_of.ts";
import { padText } from "../../terminal/pad_text.ts";
import { safeJson, safeText } from "../../terminal/safe_text.ts";
import { type Style, styleFor } from "../../terminal/style.ts";
import type { OutputStream } from "../guard/messages.ts";
import type { RolePlan } from "./launch_plan.ts";
import { LineSplitter } from "../line_splitter.ts";

/** What a copy's output is made of. */
export interface CopyOutputParts {
  readonly name: string;
  readonly role: RolePlan;
  readonly stdout: Output;
  readonly stderr: Output;
  readonly isJson: boolean;
  /** Columns of the longest name. */
  readonly nameColumns: number;
  /** Keeps what comes, byte by byte. */
  readonly keep: (bytes: Uint8Array) => void;
  /** Sees each line. */
  readonly onLine: (stream: OutputStream, line: string) => void;
}

/** What a copy writes: whole lines, each with the copy's name. */
export class CopyOutput {
  readonly #parts: CopyOutputParts;
  readonly #prefix: string;
  readonly #splitters = { stdout: new LineSplitter(), stderr: new LineSplitter() };

  constructor(parts: CopyOutputParts) {
    this.#parts = parts;
    const { name, role, stdout, nameColumns } = parts;
    const style: Style = styleFor(stdout);
    this.#prefix = style[colorOf(role.name)](`${padText(name, nameColumns)} |`);
  }

  /** Takes what came. */
  push(stream: OutputStream, bytes: Uint8Array): void {
    this.#parts.keep(bytes);
    for (const line of this.#splitters[stream].push(bytes)) this.#show(stream, line);
  }

  /** Shows what is left without an end of its line. */
  end(): void {
    for (const stream of ["stdout", "stderr"] as const) {
      for (const line of this.#splitters[stream].end()) this.#show(stream, line);
    }
  }

  #show(stream: OutputStream, line: string): void {
    const { name, role, stdout, stderr, isJson, onLine } = this.#parts;
    onLine(stream, line);
    if (role.output === "quiet") return;
    const isPlain = role.output === "plain";
    if (isPlain && stream === "stdout") {
      // An object of a tool says whose it is, too.
      const isObject = isJson && line.startsWith('{"');
      const text = isObject ? `{"copy":${safeJson(name)},${line.slice(1)}` : line;
      return stdout.write(`${visible(text)}\n`);
    }
    if (isPlain) return stderr.write(`${visible(line)}\n`);
    if (isJson) {
      return stdout.write(`${safeJson({ type: "line", copy: name, stream, text: line })}\n`);
    }
    stdout.write(`${this.#prefix} ${visible(line)}\n`);
  }
}

/** Tabs stay: they do no harm, and tables are made of them. */
function visible(line: string): string {
  return line.split("\t").map(safeText).join("\t");
}
