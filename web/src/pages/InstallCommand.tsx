// The install command with its token, and what it does.
import { useQuery } from "@tanstack/react-query";
import { problemOf } from "../api/problem";
import { instanceQuery } from "../api/queries";
import { fetchCaPem, installCommand } from "../lib/installCommand";
import { CopyBlock } from "../ui/CopyBlock";
import { Loading } from "../ui/Empty";
import { ProblemNote } from "../ui/ProblemNote";
import styles from "./NewServerPage.module.css";

export function InstallCommand({ token }: { token: string }) {
  const instance = useQuery(instanceQuery);
  const needsCa = instance.data?.local_ca ?? false;
  const ca = useQuery({ queryKey: ["ca"], queryFn: fetchCaPem, enabled: needsCa });
  const error = instance.error ?? ca.error;
  if (error) return <ProblemNote problem={problemOf(error)} />;
  if (!instance.data || (needsCa && !ca.data)) return <Loading what="the certificate" />;
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
