/** What is read: a file or a thing behind a URL, and how it is told from another of the same name. */

/** What the records of an input are: WARC records, or lines of text. */
export type InputFormat = "warc" | "text";

/** What tells a file from another, wherever its copies are. */
export interface FileIdentity {
  readonly kind: "hashes";
  /** SHA-256, in hex, of the first 64 KiB. */
  readonly head: string;
  /** SHA-256, in hex, of the last 64 KiB. */
  readonly tail: string;
  /** SHA-256, in hex, of all of it; only where all of it shall be compared. */
  readonly whole?: string;
}

/** What tells a thing behind a URL from what it was before; where both are missing, only its size does. */
export interface HttpIdentity {
  readonly kind: "http";
  /** ETag as the server gave it. */
  readonly etag?: string;
  /** Last-Modified as the server gave it. */
  readonly lastModified?: string;
}

/** One file or URL of a job. */
export interface Input {
  /** Position in the list of all inputs. */
  readonly number: number;
  /** Path as the coordinator opens it, absolute, or URL. */
  readonly name: string;
  readonly kind: "file" | "url";
  /** Bytes as they are stored. */
  readonly size: number;
  readonly format: InputFormat;
  /** Whether what is stored begins as a gzip file does, whatever its name is. */
  readonly isGzip: boolean;
  readonly identity: FileIdentity | HttpIdentity;
}
