/** The key of a record that says nothing of its language: ISO 639's "undetermined". */
const UNDETERMINED = "und";

/** The languages in a WARC-Identified-Content-Language, such as `eng,fra`: each once. */
export function languagesOf(field: string | undefined): readonly string[] {
  const codes = (field ?? "").split(/[,;\s]+/).filter((code) => code !== "");
  return codes.length === 0 ? [UNDETERMINED] : [...new Set(codes)];
}
