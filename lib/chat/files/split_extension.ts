/**
 * Splits the name of a file before its extension: `notes.tar.gz` is `notes` and `.tar.gz`. An extension
 * has at most 16 letters and digits; everything else belongs to the name.
 */
export function splitExtension(
  name: string,
): { readonly base: string; readonly extension: string } {
  const extension = /(?<=.)(\.tar)?\.[\p{L}\p{N}]{1,16}$/u.exec(name)?.[0] ?? "";
  return { base: name.slice(0, name.length - extension.length), extension };
}
