/**
 * Keys out of the bytes that a terminal sends.
 *
 * Sources: ECMA-48 (control sequences: `ESC [`, parameters 0x30-0x3F, intermediates 0x20-0x2F, a
 * final byte 0x40-0x7E), xterm's control sequences (`ESC O`, modifiers, bracketed paste), the Linux
 * console (`ESC [ [ A`). What comes as a sequence and is none of these keys is swallowed whole.
 *
 * ```
 * ground --ESC--> escape --[--> csi --final--> ground
 *                   |    --O--> ss3 --final--> ground
 *                   +--else: Alt--> ground
 * csi --200~--> paste --ESC[201~--> ground
 * ```
 */
import type { Key, KeyName } from "./key.ts";

const ESC = "\u001b";
const PASTE_END = `${ESC}[201~`;
/** A key's sequence has fewer; of what is longer, only the end is looked for. */
const MAX_PARAMETER_CHARS = 16;

const FINALS: Readonly<Record<string, KeyName>> = {
  A: "up",
  B: "down",
  C: "right",
  D: "left",
  F: "end",
  H: "home",
  M: "enter", // of a keypad, after ESC O only
};
const NUMBERS: Readonly<Record<string, KeyName>> = {
  1: "home",
  3: "delete",
  4: "end",
  5: "page-up",
  6: "page-down",
  7: "home",
  8: "end",
};
const CONTROLS: Readonly<Record<string, KeyName>> = {
  "\r": "enter",
  "\n": "enter",
  "\t": "tab",
  "\b": "backspace",
  "\u007f": "backspace",
};
/** With Ctrl or Alt, an arrow goes by words. */
const BY_WORDS: Readonly<Record<string, KeyName>> = { left: "word-left", right: "word-right" };

type State = "ground" | "escape" | "csi" | "ss3" | "console" | "paste";

/** Bytes in, keys out, whatever the chunks are. Holds a few bytes at most. */
export class KeyDecoder {
  readonly #utf8 = new TextDecoder("utf-8", { ignoreBOM: true });
  #state: State = "ground";
  /** Parameters of a sequence so far; in a paste, how much of its end has come. */
  #held = "";
  #keys: Key[] = [];
  /** Typed or pasted and not yet in a key. */
  #text = "";

  /**
   * What has begun and may never end: an Esc key looks like the start of a sequence. Whoever waits
   * in vain for more calls `flush`.
   */
  get pending(): "escape" | "paste" | undefined {
    if (this.#state === "paste") return "paste";
    return this.#state === "ground" ? undefined : "escape";
  }

  /** The keys that are whole with these bytes. */
  decode(bytes: Uint8Array): Key[] {
    for (const character of this.#utf8.decode(bytes, { stream: true })) this.#take(character);
    return this.#takeKeys();
  }

  /** Nothing came for a while: what has begun is taken as it is. */
  flush(): Key[] {
    if (this.#state === "escape") this.#name("escape");
    else if (this.#state === "csi" && this.#held === "") this.#add({ type: "alt", letter: "[" });
    else if (this.#state === "ss3" && this.#held === "") this.#add({ type: "alt", letter: "O" });
    else if (this.#state === "paste") this.#text += this.#held;
    const keys = this.#takeKeys();
    this.#go("ground");
    return keys;
  }

  #takeKeys(): Key[] {
    this.#endText();
    const keys = this.#keys;
    this.#keys = [];
    return keys;
  }

  #take(character: string): void {
    switch (this.#state) {
      case "ground":
        return this.#onGround(character);
      case "escape":
        return this.#onEscape(character);
      case "csi":
        return this.#onCsi(character);
      case "ss3":
        return this.#onSs3(character);
      case "console":
        return this.#go("ground");
      case "paste":
        return this.#onPaste(character);
    }
  }

  #onGround(character: string): void {
    const control = CONTROLS[character];
    if (control !== undefined) this.#name(control);
    else if (character === ESC) this.#go("escape");
    else if (character < " ") {
      const letter = String.fromCharCode(character.charCodeAt(0) + 0x40).toLowerCase();
      this.#add({ type: "ctrl", letter });
    } else this.#text += character;
  }

  #onEscape(character: string): void {
    if (character === "[") return this.#go("csi");
    if (character === "O") return this.#go("ss3");
    if (character === ESC) return this.#name("escape"); // the second one may begin a sequence
    this.#go("ground");
    if (character >= " ") this.#add({ type: "alt", letter: character });
    else this.#onGround(character);
  }

  #onCsi(character: string): void {
    if (character >= " " && character <= "?") return this.#hold(character);
    if (character === "[" && this.#held === "") return this.#go("console");
    const parameters = this.#held;
    this.#go("ground");
    if (character < "@" || character > "~") return this.#onGround(character); // it broke off
    const [first = "", modifier = ""] = parameters.split(";");
    if (character === "~" && parameters === "200") return this.#go("paste");
    if (character === "~") return this.#name(NUMBERS[first], modifier);
    if (character !== "M") this.#name(FINALS[character], modifier);
  }

  #onSs3(character: string): void {
    if (character >= "0" && character <= "9") return this.#hold(character);
    const modifier = this.#held;
    this.#go("ground");
    if (character < "@" || character > "~") this.#onGround(character);
    else this.#name(FINALS[character], modifier);
  }

  #onPaste(character: string): void {
    const held = this.#held + character;
    if (held === PASTE_END) {
      this.#endText();
      this.#go("ground");
    } else if (PASTE_END.startsWith(held)) this.#held = held;
    else {
      // Only its first character begins the end anew.
      this.#text += this.#held;
      this.#held = character === ESC ? ESC : "";
      if (character !== ESC) this.#text += character;
    }
  }

  #go(state: State): void {
    if (state === "paste") this.#endText();
    this.#state = state;
    this.#held = "";
  }

  #hold(character: string): void {
    if (this.#held.length < MAX_PARAMETER_CHARS) this.#held += character;
  }

  /** @param modifier 1 and a bit for each of Shift, Alt, Ctrl, in decimal; empty for none */
  #name(name: KeyName | undefined, modifier = ""): void {
    if (name === undefined) return;
    const isByWords = ((Number(modifier) || 1) - 1 & 0b110) !== 0;
    this.#add({ type: "key", name: (isByWords ? BY_WORDS[name] : undefined) ?? name });
  }

  #add(key: Key): void {
    this.#endText();
    this.#keys.push(key);
  }

  #endText(): void {
    if (this.#text === "") return;
    this.#keys.push({ type: this.#state === "paste" ? "paste" : "text", text: this.#text });
    this.#text = "";
  }
}
