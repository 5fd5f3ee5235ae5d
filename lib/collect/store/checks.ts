import type { NotedEstimate, SessionStep } from "./client_report.ts";
import type { Correction, SampleBatch } from "./sample_batch.ts";

/** @throws {RangeError} unless `value` is a whole number within ±2^53 */
export function checkWhole(what: string, value: number): void {
  if (Number.isSafeInteger(value)) return;
  throw new RangeError(`Cannot store ${what} ${value}: wanted a whole number within ±2^53`);
}

function checkCorrection({ atUs, offsetUs, boundUs, frequencyPpm }: Correction): void {
  for (const value of [atUs, offsetUs, boundUs, frequencyPpm]) {
    if (!Number.isFinite(value)) throw new RangeError(`Cannot store an estimate with ${value}`);
  }
}

/** @throws {RangeError} for numbers that no file can hold */
export function checkStep({ atUs, byUs, errorUs }: SessionStep): void {
  checkWhole("time of a step", atUs);
  checkWhole("size of a step", byUs);
  checkWhole("error of a step", errorUs);
}

/** @throws {RangeError} for numbers that no file can hold */
export function checkEstimate(estimate: NotedEstimate): void {
  checkCorrection(estimate);
  checkWhole("probes", estimate.probes);
  if (!Number.isFinite(estimate.delayUs)) throw new RangeError("Cannot store an endless delay");
}

/** @throws {RangeError} for a sequence that no sample can have; 0 stands for none */
export function checkLast(lastSequence: number): void {
  checkWhole("sequence", lastSequence);
  if (lastSequence < 0) throw new RangeError(`Cannot store sequence ${lastSequence}`);
}

/** @throws {RangeError} for what no client may send */
export function checkBatch(batch: SampleBatch): void {
  const { firstSequence, timesUs, receivedUs, correction } = batch;
  if (correction !== undefined) checkCorrection(correction);
  if (timesUs.length === 0) throw new RangeError("Cannot store a batch without samples");
  if (firstSequence < 1) {
    throw new RangeError(`Cannot store sequence ${firstSequence}: the first one is 1`);
  }
  checkWhole("sequence", firstSequence);
  checkWhole("sequence", firstSequence + (timesUs.length - 1));
  checkWhole("receive time", receivedUs);
  for (const timeUs of timesUs) checkWhole("time", timeUs);
}
