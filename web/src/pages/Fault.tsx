// What stands in for a page that cannot be shown.
import { Link } from "@tanstack/react-router";
import { problemOf } from "../api/problem";
import { Button, buttonClass } from "../ui/Button";
import { PageHeader } from "../ui/PageHeader";
import { ProblemNote } from "../ui/ProblemNote";
import styles from "./pages.module.css";

export function Fault({ error }: { error: unknown }) {
  return (
    <>
      <PageHeader title="This page could not be shown" />
      <div className={styles.page}>
        <ProblemNote problem={problemOf(error)} />
        <div className={styles.row}>
          <Button look="primary" onClick={() => location.reload()}>
            Load again
          </Button>
          <a className={buttonClass()} href="/">
            Go to the overview
          </a>
        </div>
      </div>
    </>
  );
}

export function NotFound() {
  return (
    <>
      <PageHeader title="Nothing is here" />
      <div className={styles.page}>
        <p>The address may be mistyped, or what stood here is in a team you are not part of.</p>
        <div className={styles.row}>
          <Link to="/" className={buttonClass("primary")}>
            Go to the overview
          </Link>
        </div>
      </div>
    </>
  );
}
