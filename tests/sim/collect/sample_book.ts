/** What a client of collect really sampled: the plain list that everything else is compared with. */

/** One sample. */
export interface Taken {
  /** What the client's clock showed, in microseconds since 1970. */
  readonly timeUs: number;
  /** True time, in nanoseconds. */
  readonly nowNs: number;
}

/** The samples of one session, in the order in which they were taken. */
export class SessionBook {
  readonly clientId: string;
  /** What the server calls it; `undefined`: it has never answered. */
  session: string | undefined;
  /** The sample with sequence n is the one before place n. */
  readonly taken: Taken[] = [];
  /** Sequences of samples that found no room in the client's queue. */
  readonly dropped = new Set<number>();
  /** Up to this sequence the client has heard that all is stored. */
  acknowledged = 0;
  /** Up to this sequence the client has sent. */
  sent = 0;
  /** The client has said that there are no more. */
  hasEnded = false;

  constructor(clientId: string) {
    this.clientId = clientId;
  }

  /** The sample with that sequence. */
  at(sequence: number): Taken | undefined {
    return this.taken[sequence - 1];
  }
}

/** The sessions of all clients. */
export class SampleBook {
  readonly sessions: SessionBook[] = [];

  /** A session that begins, or has been read of a spool that nobody has used. */
  begin(clientId: string): SessionBook {
    const book = new SessionBook(clientId);
    this.sessions.push(book);
    return book;
  }

  /** The session that the server calls so. */
  find(session: string): SessionBook | undefined {
    return this.sessions.find((book) => book.session === session);
  }
}
