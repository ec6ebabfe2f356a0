// Where the browser tests find a server. By default the stand-in; with ATALAYA_URL a running
// server; with ATALAYA_BIN a real one, started in a temporary folder with an agent beside it.
import { spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startMock } from "../mock/serve.mjs";

export const account = {
  name: "Ada Example",
  email: "ada@example.com",
  password: "correct horse battery",
  team: "Example Works",
};

/** How long the tests wait for anything: a slow machine may take its time. */
export const patienceMs = 120_000;

/** True when the tests run against the real programs. */
export const isReal = Boolean(process.env.ATALAYA_BIN || process.env.ATALAYA_URL);

/** Gives {url, setupLink, stop, startAgent}. A fresh site has no account yet. */
export async function startSite({ fresh = false, ...options } = {}) {
  if (process.env.ATALAYA_URL) {
    const none = async () => {};
    return { url: process.env.ATALAYA_URL, setupLink: null, stop: none, startAgent: none };
  }
  if (process.env.ATALAYA_BIN) return startReal(process.env.ATALAYA_BIN);
  const mock = await startMock({ fresh, tickMs: 500, ...options });
  return { ...mock, startAgent: async ({ name }) => reportFirst(mock.state, name) };
}

/** The stand-in has no agent: the named server simply begins to report. */
function reportFirst(state, name) {
  const server = state.servers.find((one) => one.name === name);
  const facts = {
    hostname: "runner",
    os: "Debian GNU/Linux 12 (bookworm)",
    kernel: "6.1.0",
    architecture: "x86_64",
    cores: 2,
    memory_bytes: 8 * 2 ** 30,
    boot_time: new Date(Date.now() - 7.2e6).toISOString(),
    addresses: ["192.0.2.99"],
    policy_hash: "0f0f0f0f",
  };
  const usage = { cpu_percent: 12, memory_percent: 30, disk_percent: 44 };
  Object.assign(server, { status: "up", facts, usage, agent_version: "0.1.0" });
  return { stop: async () => {} };
}

/** Waits for a line of the program's output that the pattern matches. */
function waitForLine(child, pattern) {
  return new Promise((resolve, reject) => {
    let text = "";
    const timer = setTimeout(() => reject(new Error(`no ${pattern} in:\n${text}`)), patienceMs);
    const read = (chunk) => {
      text += chunk;
      const found = pattern.exec(text);
      if (!found) return;
      clearTimeout(timer);
      resolve(found);
    };
    child.stdout.on("data", read);
    child.stderr.on("data", read);
    child.on("close", (code) => {
      clearTimeout(timer);
      reject(new Error(`ended with ${code}:\n${text}`));
    });
  });
}

function stopChild(child) {
  return new Promise((resolve) => {
    if (child.exitCode !== null || child.signalCode !== null) return resolve();
    child.on("exit", resolve);
    child.kill("SIGTERM");
  });
}

async function startReal(bin) {
  const data = mkdtempSync(join(tmpdir(), "atalaya-web-"));
  const args = ["up", "--data", data, "--https", "127.0.0.1:0", "--http", "off"];
  // A record is signed while its test looks at it.
  const env = { ...process.env, ATALAYA_SIGNER_INTERVAL_S: "1" };
  const child = spawn(join(bin, "atalaya"), args, { env });
  const [, url] = await waitForLine(child, /ready (https:\/\/\S+)/);
  const setupLink = readFileSync(join(data, "setup-link"), "utf8").trim();
  const agents = [];
  return {
    url,
    setupLink,
    async startAgent({ token }) {
      const folder = mkdtempSync(join(tmpdir(), "atalaya-agent-"));
      const ca = join(data, "tls", "ca.pem");
      const lines = { server: url, token, ca, spool_dir: join(folder, "spool") };
      const toml = Object.entries(lines).map(([key, value]) => `${key} = "${value}"`);
      writeFileSync(join(folder, "agent.toml"), `${toml.join("\n")}\ninterval_s = 10\n`);
      const command = ["run", "--config", join(folder, "agent.toml")];
      // Nobody reads what it says, and an unread pipe would stop it one day.
      const agent = spawn(join(bin, "atalaya-agent"), command, { stdio: "ignore" });
      agents.push({ agent, folder });
    },
    async stop() {
      for (const { agent, folder } of agents) {
        await stopChild(agent);
        rmSync(folder, { recursive: true, force: true });
      }
      await stopChild(child);
      rmSync(data, { recursive: true, force: true });
    },
  };
}
