/** Keys, and an editor that they are typed into. */
import type { Completion } from "../../lib/terminal/complete_line.ts";
import type { Key, KeyName } from "../../lib/terminal/key.ts";
import { KeyDecoder } from "../../lib/terminal/key_decoder.ts";
import { type EditEffect, LineEditor } from "../../lib/terminal/line_editor.ts";

export const key = (name: KeyName): Key => ({ type: "key", name });
export const ctrl = (letter: string): Key => ({ type: "ctrl", letter });
export const alt = (letter: string): Key => ({ type: "alt", letter });
export const paste = (text: string): Key => ({ type: "paste", text });
export const [UP, DOWN, LEFT] = ["\u001b[A", "\u001b[B", "\u001b[D"];
export const TAB = "\t";

/** An editor that is typed on, with the lines it gave and the names of its other effects. */
export function typing({ maxLineBytes = 4096, complete }: {
  readonly maxLineBytes?: number | ((text: string) => number);
  readonly complete?: (text: string, cursor: number) => Completion;
} = {}) {
  const editor = new LineEditor({ maxLineBytes, complete });
  const decoder = new KeyDecoder();
  const press = (...keys: readonly Key[]): EditEffect[] => keys.flatMap((key) => editor.press(key));
  /** What the keys in `input` did: lines as they are, other effects by their name. */
  const type = (input: string) =>
    press(...decoder.decode(new TextEncoder().encode(input)))
      .map((effect) => effect.type === "line" ? effect.line : `<${effect.type}>`);
  /** The text with `|` for the cursor. */
  const shown = () => `${editor.text.slice(0, editor.cursor)}|${editor.text.slice(editor.cursor)}`;
  return { editor, press, type, shown };
}
