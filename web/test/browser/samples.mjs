// Samples for a real server, sent as a program sends them: with a key of the team, by OTLP in JSON.
import { request } from "playwright-core";

const stepS = 15;
const instances = ["web-01", "web-02", "db-01"];
const modes = { user: 0.22, system: 0.09, iowait: 0.04, idle: 0.65 };

/** A smooth load between 0.4 and 1.6, of its own for each seed. */
function loadAt(seed, time) {
  return 1 + 0.4 * Math.sin(time / 500 + seed * 2.1) + 0.2 * Math.sin(time / 83 + seed * 5.3);
}

function points(seconds, attributes, valueAt) {
  const now = Math.floor(Date.now() / 1000 / stepS) * stepS;
  const list = [];
  for (let time = now - seconds; time <= now; time += stepS) {
    list.push({ timeUnixNano: `${time}000000000`, asDouble: valueAt(time), attributes });
  }
  return list;
}

const attribute = (key, value) => ({ key, value: { stringValue: value } });

/** A counter of CPU seconds: what it grows by in each step follows the load. */
function cpuSeconds(seed, seconds) {
  return Object.entries(modes).flatMap(([mode, share], at) => {
    let sum = 10_000 * share;
    return points(seconds, [attribute("mode", mode)], (time) => {
      sum += stepS * share * loadAt(seed + at, time);
      return sum;
    });
  });
}

function metricsOf(seed, seconds) {
  const sum = { aggregationTemporality: 2, isMonotonic: true };
  const memory = points(seconds, [], (time) => 6e9 * loadAt(seed + 9, time / 3));
  const requests = ["200", "404", "500"].flatMap((code, at) => {
    let count = 0;
    return points(seconds, [attribute("code", code)], (time) => {
      count += Math.round((stepS * 40 * loadAt(seed + at, time)) / 8 ** at);
      return count;
    });
  });
  return [
    { name: "node_cpu", unit: "s", sum: { ...sum, dataPoints: cpuSeconds(seed, seconds) } },
    { name: "node_memory_MemAvailable", unit: "By", gauge: { dataPoints: memory } },
    { name: "up", gauge: { dataPoints: points(seconds, [], () => 1) } },
    { name: "http_requests", sum: { ...sum, dataPoints: requests } },
  ];
}

async function headersOf(page) {
  const { csrf_token } = await (await page.request.get("/api/v1/me")).json();
  return { "X-CSRF-Token": csrf_token };
}

/** Gives the id of a dashboard that it makes. */
export async function makeDashboard(page, team, name, body) {
  const headers = await headersOf(page);
  const data = { name, description: null, body };
  const answer = await page.request.post(`/api/v1/teams/${team}/dashboards`, { headers, data });
  if (!answer.ok()) throw new Error(`${answer.status()}: ${await answer.text()}`);
  return (await answer.json()).id;
}

async function makeKey(page, team) {
  const headers = await headersOf(page);
  const keys = `/api/v1/teams/${team}/api-keys`;
  const data = { name: "Prometheus", env: "test", scopes: ["metrics:write"] };
  const made = await (await page.request.post(keys, { headers, data })).json();
  await page.request.post(`${keys}/${made.id}/ack`, { headers });
  return made.key;
}

/** Sends what three machines would have sent in the last `seconds`. */
export async function sendSamples(page, site, team, seconds) {
  const key = await makeKey(page, team);
  const program = await request.newContext({ baseURL: site.url, ignoreHTTPSErrors: true });
  for (const [seed, instance] of instances.entries()) {
    const attributes = [
      attribute("service.name", "node"),
      attribute("service.instance.id", instance),
    ];
    for (const metric of metricsOf(seed, seconds)) {
      const data = {
        resourceMetrics: [{ resource: { attributes }, scopeMetrics: [{ metrics: [metric] }] }],
      };
      const headers = { Authorization: `Bearer ${key}` };
      const answer = await program.post("/otlp/v1/metrics", { headers, data });
      if (!answer.ok()) throw new Error(`${answer.status()}: ${await answer.text()}`);
    }
  }
  await program.dispose();
}
