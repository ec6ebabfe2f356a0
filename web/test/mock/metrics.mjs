// Plausible gauges for any server and instant: smooth noise around a level, the same every time.

function noise(seed, time) {
  const a = Math.sin(time / 97 + seed) + Math.sin(time / 41 + seed * 2.7) * 0.6;
  const b = Math.sin(time / 13 + seed * 5.1) * 0.35 + Math.sin(time / 613 + seed) * 1.2;
  const spike = Math.max(0, Math.sin(time / 700 + seed) - 0.93) * 14;
  return (a + b) / 3 + spike;
}

const level = (base, swing, seed, time) => Math.max(0, base + swing * noise(seed, time));

export function gaugesAt(server, time) {
  const cores = server.facts?.cores || 2;
  const total = server.facts?.memory_bytes || 8 * 2 ** 30;
  const seed = Number.parseInt(server.id.slice(-4), 16);
  const busy = server.usage?.cpu_percent ?? 20;
  const user = Math.min(80, level(busy * 0.7, busy * 0.25, seed, time));
  const system = Math.min(15, level(busy * 0.2, busy * 0.1, seed + 1, time));
  const iowait = Math.min(5, level(1.2, 2, seed + 2, time));
  const used =
    total * Math.min(0.95, level((server.usage?.memory_percent ?? 40) / 100, 0.02, seed, time));
  const list = [];
  const put = (name, labels, value) => list.push({ name, labels, value });
  const idle = Math.max(0, 100 - user - system - iowait);
  const modes = { user, nice: 0, system, iowait, irq: 0, softirq: 0, steal: 0, idle };
  for (const [mode, value] of Object.entries(modes)) put("cpu_percent", { mode }, value);
  const load = ((user + system) / 100) * cores;
  put("load", { window: "1m" }, load);
  put("load", { window: "5m" }, level(load * 0.9, load * 0.08, seed + 3, time / 3));
  put("load", { window: "15m" }, level(load * 0.8, load * 0.05, seed + 4, time / 9));
  const cached = level(total * 0.25, total * 0.02, seed + 5, time);
  for (const [kind, value] of Object.entries({ total, used, cached }))
    put("memory_bytes", { kind }, value);
  put("swap_bytes", { kind: "total" }, 0);
  put("swap_bytes", { kind: "used" }, 0);
  for (const [mount, size, share] of [
    ["/", 60, 0.41],
    ["/var", 200, 0.66],
    ["/home", 120, 0.2],
  ]) {
    const bytes = size * 2 ** 30;
    const usedBytes = bytes * share + (time % 86_400) * 20_000;
    put("filesystem_bytes", { mount, kind: "total" }, bytes);
    put("filesystem_bytes", { mount, kind: "used" }, usedBytes);
    put("filesystem_bytes", { mount, kind: "free" }, bytes - usedBytes);
  }
  for (const [i, device] of ["nvme0n1", "nvme1n1"].entries()) {
    put("disk_bytes_per_s", { device, direction: "read" }, level(2.1e6, 3e6, seed + 6 + i, time));
    put("disk_bytes_per_s", { device, direction: "write" }, level(4.6e6, 4e6, seed + 8 + i, time));
  }
  for (const name of ["lo", "eth0", "wg0"]) {
    const scale = name === "eth0" ? 1 : 0.06;
    put(
      "network_bytes_per_s",
      { interface: name, direction: "in" },
      scale * level(9e6, 9e6, seed + 10, time),
    );
    put(
      "network_bytes_per_s",
      { interface: name, direction: "out" },
      scale * level(5e6, 5e6, seed + 11, time),
    );
  }
  put("uptime_s", {}, 3_564_720);
  return list;
}

export function seriesOf(server, from, to, maxPoints, wanted) {
  const step = Math.max(10, Math.ceil((to - from) / maxPoints / 10) * 10);
  const times = [];
  for (let time = Math.ceil(from / step) * step; time <= to; time += step) times.push(time);
  const byKey = new Map();
  for (const [i, time] of times.entries()) {
    for (const { name, labels, value } of gaugesAt(server, time)) {
      if (wanted.length > 0 && !wanted.includes(name)) continue;
      const key = JSON.stringify([name, labels]);
      if (!byKey.has(key)) {
        const silence = () => times.map(() => null);
        byKey.set(key, {
          name,
          labels,
          unit: "count",
          avg: silence(),
          min: silence(),
          max: silence(),
        });
      }
      const series = byKey.get(key);
      const spread = step > 10 ? value * 0.12 : 0;
      series.avg[i] = value;
      series.min[i] = value - spread;
      series.max[i] = Math.min(
        value + spread,
        name === "cpu_percent" ? 100 : Number.POSITIVE_INFINITY,
      );
    }
  }
  const iso = (seconds) => new Date(seconds * 1000).toISOString();
  return { from: iso(from), to: iso(to), step_s: step, times, series: [...byKey.values()] };
}
