// ChromaDB's server over HTTP, as its client has it. node chroma.mjs FOLDER PORT
import { ChromaClient } from 'chromadb';
import { readData, recall, timed } from './data.mjs';

const BATCH = 1000;
const [folder, port] = [process.argv[2], Number(process.argv[3])];
const data = readData(folder);
const client = new ChromaClient({ host: '127.0.0.1', port });
for (let tries = 0; ; tries++) {
  try {
    await client.heartbeat();
    break;
  } catch (error) {
    if (tries === 100) throw error;
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
}

const collection = await client.createCollection({ name: 'peers', embeddingFunction: null, configuration: { hnsw: { space: 'cosine' } } });
const from = performance.now();
for (let i = 0; i < data.records; i += BATCH) {
  const numbers = Array.from({ length: Math.min(BATCH, data.records - i) }, (_, j) => i + j);
  await collection.add({
    ids: numbers.map(String),
    embeddings: numbers.map((n) => Array.from(data.vectors[n])),
    metadatas: numbers.map((n) => ({ part: n % data.part })),
  });
}
const buildMs = performance.now() - from;

const results = [];
const measure = async (system, leg, where, tenth) => {
  const search = async (vector) => (await collection.query({ queryEmbeddings: [Array.from(vector)], nResults: 10, include: [], where })).ids[0].map(Number);
  const { found, p50, p95 } = await timed(data, search);
  results.push({ system, leg, buildMs, p50, p95, 'recall@10': recall(data, found, tenth) });
};
await measure('ChromaDB server over HTTP', 'vectors', undefined, data.tenth);
await measure('ChromaDB server over HTTP', 'filter', { part: 0 }, data.tenthOfPart);
console.log(JSON.stringify(results));
