/** Certificates and key of one side of TLS, as PEM. */
export interface TlsMaterial {
  /** This side's certificate, then those between it and its authority; for listening. */
  readonly certPem?: string | undefined;
  /** The key of that certificate; for listening. */
  readonly keyPem?: string | undefined;
  /**
   * Certificates of authorities that may vouch for a server; for connecting. The public ones that
   * Deno knows are trusted, too.
   */
  readonly caPem?: string | undefined;
  /** What errors call the place that `caPem` is from. @default {"the list of authorities"} */
  readonly caFile?: string | undefined;
}
