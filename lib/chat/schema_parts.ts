/** Parts that the schemas of `chat` share. Lengths are in UTF-16 units; bytes are checked where they count. */
import * as v from "valibot";
import { MAX_COMMAND_BYTES, MAX_LINE_BYTES, MAX_NICK_BYTES, MAX_WHERE_BYTES } from "./limits.ts";

/** A whole number. */
export const whole = v.pipe(v.number(), v.safeInteger("wanted a whole number within ±2^53"));

/** A whole number from 0. */
export const count = v.pipe(whole, v.minValue(0));

/** A number of 32 bits. */
export const u32 = v.pipe(count, v.maxValue(0xffff_ffff));

/** A nickname. */
export const nick = v.pipe(v.string(), v.minLength(1), v.maxLength(MAX_NICK_BYTES));

/** `#room`, `@nick`, or empty: the other side of a relay. */
export const where = v.pipe(v.string(), v.maxLength(MAX_WHERE_BYTES));

/** A reason, or another short text. */
export const shortText = v.pipe(v.string(), v.maxLength(MAX_COMMAND_BYTES));

/** A line. */
export const lineText = v.pipe(v.string(), v.maxLength(MAX_LINE_BYTES));

/** What programs tell things apart by. */
export const code = v.pipe(
  v.string(),
  v.regex(/^[a-z0-9.-]{1,64}$/, "wanted 1 to 64 of a-z 0-9 . -"),
);

/** SHA-256 as 64 hexadecimal digits. */
export const sha256 = v.pipe(v.string(), v.regex(/^[0-9a-f]{64}$/, "wanted 64 hexadecimal digits"));
