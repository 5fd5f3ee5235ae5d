const LF = 0x0a;

/** The lines of a body, without LF: views. What is behind the last LF is a line unless it is empty. */
function* textLines(body: Uint8Array): Generator<Uint8Array, void, void> {
  let at = 0;
  for (let lf = body.indexOf(LF); lf >= 0; lf = body.indexOf(LF, at)) {
    yield body.subarray(at, lf);
    at = lf + 1;
  }
  if (at < body.length) yield body.subarray(at);
}

/** The lines of a record: of text, the record is the line. */
export function recordLines(
  { body, fields }: { readonly body: Uint8Array; readonly fields: unknown },
): Iterable<Uint8Array> {
  return fields === undefined ? [body] : textLines(body);
}
