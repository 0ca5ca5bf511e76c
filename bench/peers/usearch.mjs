// usearch: an HNSW graph in process. node usearch.mjs FOLDER TARGET_RECALL
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { readData, recall, timed } from './data.mjs';

const { Index, MetricKind, ScalarKind } = createRequire(import.meta.url)('usearch');
const DEFAULT_EXPANSION = 64;
const MAX_EXPANSION = 8192;
const [folder, target] = [process.argv[2], Number(process.argv[3])];
const data = readData(folder);
const make = (expansion) => new Index({
  metric: MetricKind.Cos, dimensions: data.dimensions, quantization: ScalarKind.F32,
  connectivity: 16, expansion_add: 128, expansion_search: expansion,
});

const before = process.memoryUsage().rss;
const from = performance.now();
const built = make(DEFAULT_EXPANSION);
data.vectors.forEach((vector, i) => built.add(BigInt(i), vector, 1));
const buildMs = performance.now() - from;
const bytes = process.memoryUsage().rss - before;
const file = join(folder, 'usearch.index');
built.save(file);

const ids = (index, vector, k) => Array.from(index.search(vector, k, 1).keys, Number);
const results = [];
const measure = async (system, index, k, keep, tenth) => {
  const { found, p50, p95 } = await timed(data, (vector) => ids(index, vector, k).filter(keep).slice(0, 10));
  results.push({ system, leg: tenth === data.tenth ? 'vectors' : 'filter', buildMs, p50, p95, 'recall@10': recall(data, found, tenth), bytes });
  return results.at(-1)['recall@10'];
};

const all = () => true;
let reached = await measure(`usearch, expansion ${DEFAULT_EXPANSION} (default)`, built, 10, all, data.tenth);
for (let expansion = DEFAULT_EXPANSION * 2; reached < target && expansion <= MAX_EXPANSION; expansion *= 2) {
  const wider = make(expansion);
  wider.load(file);
  reached = await measure(`usearch, expansion ${expansion}`, wider, 10, all, data.tenth);
}

// Its JavaScript takes no filter, so the part is filtered out of more neighbours, until enough of them are found.
reached = 0;
for (let k = 1000; reached < target; k *= 4) {
  const wanted = Math.min(k, data.records);
  const wider = make(wanted);
  wider.load(file);
  reached = await measure(`usearch, ${wanted} neighbours filtered`, wider, wanted, (id) => id % data.part === 0, data.tenthOfPart);
  if (wanted === data.records) break;
}
console.log(JSON.stringify(results));
