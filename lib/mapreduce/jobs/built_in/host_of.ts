/** The key of a record that has no host. */
const NO_HOST = "-";

/** The host of a URI as a browser writes it, or `-` where there is none. */
export function hostOf(uri: string | undefined): string {
  // WARC 1.0 allows angle brackets around it.
  const plain = uri?.replace(/^<(.*)>$/, "$1");
  const url = plain === undefined ? null : URL.parse(plain);
  return url === null || url.hostname === "" ? NO_HOST : url.hostname;
}
