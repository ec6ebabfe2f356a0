// The install command with its token, and what it does.
import { useQuery } from "@tanstack/react-query";
import { fetchCaPem, installCommand } from "../lib/installCommand";
import { CopyBlock } from "../ui/CopyBlock";
import { Loading } from "../ui/Empty";
import styles from "./NewServerPage.module.css";

export function InstallCommand({ token }: { token: string }) {
  const ca = useQuery({ queryKey: ["ca"], queryFn: fetchCaPem, staleTime: 60_000, retry: 1 });
  if (ca.isPending) return <Loading what="the certificate" />;
  const command = installCommand({ origin: location.origin, token, caPem: ca.data ?? null });
  return (
    <div className={styles.explain}>
      <p className="muted">
        It writes a configuration into the folder <span className="mono">.atalaya-agent</span> of
        your home, readable by you only, and starts the agent. The token is shown this once; the
        server keeps only its hash. The program <span className="mono">atalaya-agent</span> must be
        on the machine: it is built with the server, in <span className="mono">build/bin</span>.
      </p>
      <CopyBlock label="Install command" text={command} />
    </div>
  );
}
