/** Most partitions of a job: a worker keeps something for each. */
export const MAX_PARTITIONS = 10_000;
