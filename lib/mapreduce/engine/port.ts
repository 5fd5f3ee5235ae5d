/** Where a coordinator listens unless told otherwise. */
export const MAPREDUCE_PORT = 7790;
