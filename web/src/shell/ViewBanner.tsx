// Says that the page is shown as another role sees it, with the way back.
import { Eye } from "lucide-react";
import { setView, useView } from "../lib/viewAs";
import { Button } from "../ui/Button";
import { useOwnMembership } from "./team";
import styles from "./ViewBanner.module.css";

export function ViewBanner() {
  const view = useView();
  const own = useOwnMembership();
  if (!view || view.team !== own?.id) return null;
  return (
    <section className={styles.banner} aria-label="Seen as another role">
      <Eye aria-hidden="true" />
      <span>
        You see this team as a <strong>{view.role}</strong> does. You are still its {own.role}.
      </span>
      <Button onClick={() => setView(null)}>Back to your own view</Button>
    </section>
  );
}
