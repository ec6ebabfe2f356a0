// The one command that configures and starts the agent on a machine. It needs no root: the agent
// reads only what every user may read. The shell expands $HOME inside the configuration.

export type InstallFacts = { origin: string; token: string; caPem: string | null };

export function installCommand({ origin, token, caPem }: InstallFacts): string {
  const lines = ['umask 077; mkdir -p "$HOME/.atalaya-agent/spool"'];
  if (caPem) {
    lines.push("cat > \"$HOME/.atalaya-agent/ca.pem\" <<'PEM'", caPem.trim(), "PEM");
  }
  lines.push('cat > "$HOME/.atalaya-agent/agent.toml" <<TOML');
  lines.push(`server = "${origin}"`, `token = "${token}"`);
  if (caPem) lines.push('ca = "$HOME/.atalaya-agent/ca.pem"');
  lines.push('spool_dir = "$HOME/.atalaya-agent/spool"', "interval_s = 10", "TOML");
  lines.push('atalaya-agent run --config "$HOME/.atalaya-agent/agent.toml"');
  return lines.join("\n");
}

/** The certificate of the server's local authority. */
export async function fetchCaPem(): Promise<string> {
  const answer = await fetch("/ca.pem");
  if (!answer.ok) throw new TypeError(`/ca.pem answered ${answer.status}`);
  return answer.text();
}
