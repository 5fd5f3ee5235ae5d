/** Raised when a request to a sandbox came to nothing; its process was ended, or has ended. */
export class SandboxDeath extends Error {
  override name = "SandboxDeath";
  /** Whether the process died of it, which may have been an accident; else the job has thrown. */
  readonly isDeath: boolean;

  constructor(message: string, options: ErrorOptions & { readonly isDeath?: boolean } = {}) {
    super(message, options);
    this.isDeath = options.isDeath ?? true;
  }
}
