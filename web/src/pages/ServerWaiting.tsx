// A server whose agent has never reported: what to check, in order.
import type { Server } from "../api/types";
import { Card } from "../ui/Card";
import { Time } from "../ui/Time";
import styles from "./ServerPage.module.css";

export function ServerWaiting({ server }: { server: Server }) {
  return (
    <Card
      title="Waiting for first data"
      note={
        <>
          added <Time at={server.created_at} />
        </>
      }
    >
      <p>The agent has not reported yet. This page opens up by itself when it does.</p>
      <ol className={styles.steps}>
        <li>
          Is <span className="mono">atalaya-agent</span> running on the machine? It prints a line
          for every attempt that fails.
        </li>
        <li>
          Does the machine reach <span className="mono">{location.origin}</span>? The agent only
          calls out; nothing has to be opened on the machine itself.
        </li>
        <li>
          Was the token lost or mistyped? Replace it under “More”: that shows the install command
          again.
        </li>
      </ol>
    </Card>
  );
}
