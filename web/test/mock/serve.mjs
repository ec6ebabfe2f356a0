// A stand-in for the server: serves web/dist under the strict policy and answers the API from
// memory. For working on the page and for its own tests. Run: npm run mock
import { existsSync, readFileSync, statSync } from "node:fs";
import http from "node:http";
import { extname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { answer, makeState, Refusal } from "./api.mjs";

const dist = fileURLToPath(new URL("../../dist", import.meta.url));
const types = {
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript",
  ".css": "text/css",
  ".svg": "image/svg+xml",
  ".woff2": "font/woff2",
};
const policy = [
  "default-src 'self'",
  "script-src 'self'",
  "style-src 'self'",
  "style-src-attr 'none'",
  "img-src 'self'",
  "font-src 'self'",
  "connect-src 'self'",
  "object-src 'none'",
  "base-uri 'none'",
  "form-action 'self'",
  "frame-ancestors 'none'",
  "require-trusted-types-for 'script'",
  "trusted-types 'none'",
].join("; ");

function serveFile(request, response) {
  const { pathname } = new URL(request.url, "http://localhost");
  let path = join(dist, decodeURIComponent(pathname));
  const isFile = path.startsWith(dist) && existsSync(path) && statSync(path).isFile();
  if (!isFile) path = join(dist, "index.html");
  response.writeHead(200, {
    "content-type": types[extname(path)] ?? "application/octet-stream",
    "content-security-policy": policy,
    "x-content-type-options": "nosniff",
  });
  response.end(readFileSync(path));
}

function cookieOf(request, name) {
  return new RegExp(`${name}=([^;]+)`).exec(request.headers.cookie ?? "")?.[1];
}

function openStream(state, request, response, url) {
  if (!state.sessions.has(cookieOf(request, "mock_session"))) {
    response.writeHead(401).end();
    return;
  }
  if (state.streamsRefused) {
    response.writeHead(503).end();
    return;
  }
  response.writeHead(200, { "content-type": "text/event-stream", "cache-control": "no-store" });
  response.write(": hello\n\n");
  const stream = { response, server: url.searchParams.get("server") };
  state.streams.add(stream);
  request.on("close", () => state.streams.delete(stream));
}

async function serveApi(state, request, response, url) {
  let text = "";
  for await (const chunk of request) text += chunk;
  const send = (status, type, body, headers = {}) => {
    response.writeHead(status, { "content-type": type, ...headers });
    response.end(body === undefined ? undefined : JSON.stringify(body));
  };
  try {
    const { status, cookie, pending, result } = answer(state, {
      method: request.method,
      path: url.pathname.slice("/api/v1".length),
      query: url.searchParams,
      body: text ? JSON.parse(text) : {},
      session: cookieOf(request, "mock_session"),
      pending: cookieOf(request, "mock_pending"),
      csrf: request.headers["x-csrf-token"],
      ifMatch: request.headers["if-match"],
    });
    const cookies = [];
    if (cookie) cookies.push(`mock_session=${cookie}; Path=/; HttpOnly`);
    if (pending) cookies.push(`mock_pending=${pending}; Path=/; HttpOnly`);
    send(status, "application/json", result, { "set-cookie": cookies });
  } catch (thrown) {
    if (!(thrown instanceof Refusal)) throw thrown;
    send(thrown.body.status, "application/problem+json", thrown.body);
  }
}

/** Starts on a free port unless one is given. `tickMs` is the time between two live reports. */
export async function startMock({ port = 0, tickMs = 2000, ...options } = {}) {
  const state = makeState(options);
  const server = http.createServer((request, response) => {
    const url = new URL(request.url, "http://localhost");
    if (url.pathname.endsWith("/live")) return openStream(state, request, response, url);
    if (url.pathname.startsWith("/api/")) return void serveApi(state, request, response, url);
    if (url.pathname === "/ca.pem") {
      const pem =
        "-----BEGIN CERTIFICATE-----\nc3ludGhldGljIGF1dGhvcml0eQ==\n-----END CERTIFICATE-----\n";
      return response.writeHead(200, { "content-type": "application/x-pem-file" }).end(pem);
    }
    serveFile(request, response);
  });
  await new Promise((resolve) => server.listen(port, "127.0.0.1", resolve));
  const ticker = setInterval(() => {
    for (const one of state.servers ?? []) state.report(one);
  }, tickMs);
  const url = `http://127.0.0.1:${server.address().port}`;
  state.url = url;
  return {
    url,
    state,
    setupLink: state.setupToken ? `${url}/setup#${state.setupToken}` : null,
    async stop() {
      clearInterval(ticker);
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const port = Number(process.env.PORT ?? 18780);
  const mock = await startMock({ port, fresh: process.argv.includes("--fresh") });
  console.log(`ready ${mock.url}`);
  if (mock.setupLink) console.log(mock.setupLink);
  else console.log("ada@example.com / correct horse battery");
}
