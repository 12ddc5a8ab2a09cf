// The receiver that a team would write by hand, after the documentation of Fastify and pg: the raw body is kept for the
// signature, and each webhook is one INSERT that an equal one does not repeat.
import { createHash, createHmac, timingSafeEqual } from "node:crypto";
import Fastify from "fastify";
import pg from "pg";

const [port, url, secret] = process.argv.slice(2);
const pool = new pg.Pool({ connectionString: url });
await pool.query(`CREATE TABLE IF NOT EXISTS webhooks (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  digest text NOT NULL UNIQUE,
  event text NOT NULL,
  customer_id text,
  body jsonb NOT NULL,
  received_at timestamptz NOT NULL DEFAULT now())`);

const app = Fastify({ bodyLimit: 1048576 });

app.addContentTypeParser("application/json", { parseAs: "buffer" }, (request, body, done) => {
  done(null, body);
});

app.post("/webhooks/masivo", async (request, reply) => {
  const expected = createHmac("sha256", secret).update(request.body).digest();
  const given = Buffer.from(request.headers["x-signature"] ?? "", "hex");
  if (given.length !== expected.length || !timingSafeEqual(given, expected)) {
    return reply.code(401).send({ error: "unauthorized" });
  }
  let webhook;
  try {
    webhook = JSON.parse(request.body);
  } catch {
    return reply.code(400).send({ error: "malformed" });
  }
  const digest = createHash("sha256").update(request.body).digest("hex");
  const { rowCount } = await pool.query(
    `INSERT INTO webhooks (digest, event, customer_id, body) VALUES ($1, $2, $3, $4)
     ON CONFLICT (digest) DO NOTHING`,
    [digest, webhook.event, webhook.data?.customer_id, request.body.toString()],
  );
  return { status: rowCount === 1 ? "accepted" : "duplicate" };
});

await app.listen({ port: Number(port), host: "127.0.0.1" });
