// Follows a server's histories with the package graphql-ws, written by the authors of the protocol's specification:
// `node follow_graphql.cjs URL KEY` prints the id of every entry that it is told of, a line each, until it is ended.
// When the connection breaks, the client comes again by itself and goes on after the last cursor that it read.
const { createClient } = require("graphql-ws");
const WebSocket = require("ws");

const [url, key] = process.argv.slice(2);
const variables = { after: "ZjAlswNzh3MfD0" };
const query = `subscription Follow($after: String) {
  historyEntryAdded(after: $after) { cursor node { id kind customer { customerId } } }
}`;

const client = createClient({
  url,
  webSocketImpl: WebSocket,
  connectionParams: { Authorization: `Bearer ${key}` },
  lazy: false,
  onNonLazyError: fail,
  keepAlive: 1_000,
  retryAttempts: Infinity,
  retryWait: () => new Promise((resolve) => setTimeout(resolve, 50)),
  shouldRetry: () => true,
});

client.subscribe(
  { query, variables },
  {
    next({ data, errors }) {
      if (errors) fail(errors);
      const { cursor, node } = data.historyEntryAdded;
      // The client sends these variables again when it comes again.
      variables.after = cursor;
      process.stdout.write(`${node.id}\n`);
    },
    error: fail,
    complete: () => fail(new Error("a subscription that has no end has ended")),
  },
);

setTimeout(() => fail(new Error("nobody ended this within two minutes")), 120_000).unref();
process.stdin.on("end", () => process.exit(0)).resume();

function fail(error) {
  console.error(error);
  process.exit(1);
}
