// The corner where finished and failed actions report themselves.
import { CircleAlert, CircleCheck, X } from "lucide-react";
import { dismissNotice, useNotices } from "../lib/notices";
import { Button } from "./Button";
import { classes } from "./classes";
import styles from "./Notices.module.css";

export function Notices() {
  const notices = useNotices();
  return (
    <section className={styles.corner} aria-label="Notices" aria-live="polite">
      {notices.map((notice) => (
        <div key={notice.id} className={classes(styles.notice, styles[notice.tone])}>
          {notice.tone === "done" ? (
            <CircleCheck aria-hidden="true" />
          ) : (
            <CircleAlert aria-hidden="true" />
          )}
          <div className={styles.text}>
            <p className={styles.title}>{notice.title}</p>
            {notice.detail && <p className="muted">{notice.detail}</p>}
          </div>
          {notice.act && (
            <Button
              onClick={() => {
                dismissNotice(notice.id);
                notice.act?.run();
              }}
            >
              {notice.act.label}
            </Button>
          )}
          <button
            type="button"
            className={styles.dismiss}
            aria-label="Dismiss"
            onClick={() => dismissNotice(notice.id)}
          >
            <X aria-hidden="true" />
          </button>
        </div>
      ))}
    </section>
  );
}
