/** How many estimates of a session are kept. */
const MAX_ESTIMATES = 1000;

/**
 * Which numbers of a growing history are kept: the newest, and every `stride`-th. The stride doubles
 * when more than `max` would be kept, so what is left is spread evenly over all of it. Pure.
 *
 * @param newest number of the newest one, from 0
 */
export function strideFor(newest: number, max: number = MAX_ESTIMATES): number {
  let stride = 1;
  while (Math.floor(newest / stride) + 1 > max - 1) stride *= 2;
  return stride;
}
