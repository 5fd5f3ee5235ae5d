import type { LineError } from "../../transport/line_error.ts";
import type { Identity, SessionRow } from "../store/chat_store.ts";
import { identityOf } from "./name_book.ts";

/** Why somebody may not come in, if so. */
export type AdmitRule = (identity: Identity) => LineError | undefined;

/**
 * Why a session may not come in, if so: by the token that was proved, and by the session too, for who
 * has two tokens must not come back with the other one.
 */
export function refusalAtDoor(
  admit: AdmitRule,
  { author, tokenName }: Pick<SessionRow, "author" | "tokenName">,
  identity: Identity,
): LineError | undefined {
  return admit(identity) ?? admit(identityOf(author, tokenName)) ?? admit(identityOf(author, ""));
}
