/** `docs/protocol.md`, in parts. */
import assert from "node:assert/strict";
import { chatService } from "../../lib/chat/protocol.ts";
import { collectService } from "../../lib/collect/protocol.ts";
import { mapreduceService, shuffleService } from "../../lib/mapreduce/engine/protocol.ts";
import { timerService } from "../../lib/timer/protocol.ts";

export const DOCUMENT = Deno.readTextFileSync(new URL("../../docs/protocol.md", import.meta.url));

export const SERVICES = [
  timerService,
  collectService,
  chatService,
  mapreduceService,
  shuffleService,
];

/** The section of a service. */
export function sectionOf(service: string): string {
  const [, section] = new RegExp(`^## \\d+ The service \`${service}\`$([^]*?)^## `, "m")
    .exec(DOCUMENT) ?? [];
  return section ?? assert.fail(`no section about ${service}`);
}

/** Cells of the table rows whose first cell is `pattern`. */
export function rows(pattern: RegExp, text = DOCUMENT): string[][] {
  return text.split("\n")
    .filter((line) => line.startsWith("| "))
    .map((line) => line.slice(1, -1).split("|").map((cell) => cell.trim()))
    .filter(([first = ""]) => pattern.test(first));
}
