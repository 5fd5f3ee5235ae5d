/** A module as a URL that needs no permission to be loaded. */
export function linkedUrl(source: string): string {
  let text = "";
  for (const byte of new TextEncoder().encode(source)) text += String.fromCharCode(byte);
  return `data:text/javascript;base64,${btoa(text)}`;
}
