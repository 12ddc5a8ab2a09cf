// What is sent and how: queries and mutations by POST, subscriptions over a WebSocket.

/** Asks once. Answers the HTTP status, the answer and how long it took. */
export async function post(body, headers, signal) {
  const begun = performance.now();
  const response = await fetch("/graphql", {
    method: "POST",
    headers: { accept: "application/graphql-response+json", "content-type": "application/json", ...headers },
    body: JSON.stringify(body),
    signal,
  });
  const text = await response.text();
  return { status: response.status, text, took: performance.now() - begun };
}

/** Codes after which the same is worth another try. */
const AGAIN = [1001, 1006, 1011, 1013, 3008];

/**
 * Follows, with the protocol graphql-transport-ws, until it is stopped; comes again when the connection breaks, after the
 * last cursor where the query takes one as `$after`.
 */
export function follow(body, headers, { told, state, ended }) {
  let socket;
  let stopped = false;
  let waits = 0;
  const takesCursor = /\$after\s*:/.test(body.query);

  function open() {
    const scheme = location.protocol === "https:" ? "wss" : "ws";
    socket = new WebSocket(`${scheme}://${location.host}/graphql`, "graphql-transport-ws");
    const say = (message) => socket.send(JSON.stringify(message));
    socket.addEventListener("open", () => say({ type: "connection_init", payload: headers }));
    socket.addEventListener("message", ({ data }) => {
      const message = JSON.parse(data);
      if (message.type === "connection_ack") {
        waits = 0;
        say({ type: "subscribe", id: "explorer", payload: body });
        state("Listening");
      } else if (message.type === "ping") {
        say({ type: "pong" });
      } else if (message.type === "next") {
        remember(message.payload.data);
        told(message.payload);
      } else if (message.type === "error") {
        stop({ errors: message.payload });
      } else if (message.type === "complete") {
        stop();
      }
    });
    socket.addEventListener("close", ({ code, reason }) => {
      if (stopped) return;
      if (!AGAIN.includes(code)) {
        stop({ closed: { code, reason } });
        return;
      }
      waits += 1;
      state(`Closed (${code}); trying again`);
      setTimeout(() => stopped || open(), Math.min(500 * 2 ** waits, 10_000));
    });
  }

  function remember(data) {
    const cursor = data && Object.values(data)[0]?.cursor;
    if (takesCursor && cursor) body.variables = { ...body.variables, after: cursor };
  }

  function stop(why) {
    if (stopped) return;
    stopped = true;
    socket.close(1000);
    ended(why);
  }

  open();
  return stop;
}
