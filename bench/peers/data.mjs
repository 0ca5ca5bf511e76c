// The data that the bench has written down for its peers, and what is measured alike for each of them.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

export function readData(folder) {
  const { records, questions, dimensions, part } = JSON.parse(readFileSync(join(folder, 'data.json'), 'utf8'));
  const floats = (name) => {
    const bytes = readFileSync(join(folder, name));
    return new Float32Array(bytes.buffer, bytes.byteOffset, bytes.byteLength / 4);
  };
  const rows = (all, count) => Array.from({ length: count }, (_, i) => all.subarray(i * dimensions, (i + 1) * dimensions));
  return {
    records, questions, dimensions, part,
    vectors: rows(floats('vectors.f32'), records),
    asked: rows(floats('questions.f32'), questions),
    // The cosine of the tenth best of each question, among all records and among one in a hundred.
    tenth: floats('tenth.f32'),
    tenthOfPart: floats('tenth-of-part.f32'),
  };
}

function dot(a, b) {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i] * b[i];
  return sum;
}

// What is as near as the tenth best is right, so that equal neighbours may come in any order.
export function recall(data, found, tenth) {
  let right = 0;
  found.forEach((ids, q) => {
    for (const id of ids.slice(0, 10)) right += dot(data.vectors[id], data.asked[q]) >= tenth[q] - 1e-5 ? 1 : 0;
  });
  return right / (10 * found.length);
}

export async function timed(data, search) {
  const found = [];
  const milliseconds = [];
  for (let q = 0; q < Math.min(40, data.questions); q++) await search(data.asked[q]);
  for (const vector of data.asked) {
    const from = performance.now();
    const ids = await search(vector);
    milliseconds.push(performance.now() - from);
    found.push(ids);
  }
  milliseconds.sort((a, b) => a - b);
  const at = (share) => milliseconds[Math.max(0, Math.ceil(share * milliseconds.length) - 1)];
  return { found, p50: at(0.5), p95: at(0.95) };
}
