/** A value that an option may get, as text, and where it is from. */
export interface Candidate {
  readonly text: string;
  /** Where it is from, as `--show-config` prints it: `./tram.toml [timer] port`. */
  readonly origin: string;
  /** Beginning of the line that refuses it: `Cannot use ./tram.toml: [timer] port`. */
  readonly refusal: string;
}
