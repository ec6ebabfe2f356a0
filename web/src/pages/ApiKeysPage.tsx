// The team's API keys, newest first: what each may do, from where, until when, and whether it is
// used at all.
import { useInfiniteQuery } from "@tanstack/react-query";
import { KeyRound, Plus } from "lucide-react";
import { lazy, Suspense, useCallback, useState } from "react";
import { problemOf } from "../api/problem";
import { apiKeysQuery } from "../api/queries";
import type { ApiKey, NewApiKey } from "../api/types";
import { plural } from "../lib/format";
import { useTeamId } from "../shell/team";
import { Button } from "../ui/Button";
import { classes } from "../ui/classes";
import { type Column, DataTable } from "../ui/DataTable";
import { Empty, Loading } from "../ui/Empty";
import { PageHeader } from "../ui/PageHeader";
import { ProblemNote } from "../ui/ProblemNote";
import { Ago, Time } from "../ui/Time";
import styles from "./ApiKeysPage.module.css";
import { KeyStateMark, keyStateWord } from "./KeyStateMark";
import pages from "./pages.module.css";

const KeyDrawer = lazy(() => import("./KeyDrawer").then((m) => ({ default: m.KeyDrawer })));
const NewKey = lazy(() => import("./NewKey").then((m) => ({ default: m.NewKey })));
const NewKeyShown = lazy(() => import("./NewKeyShown").then((m) => ({ default: m.NewKeyShown })));

export function ApiKeysPage() {
  const team = useTeamId();
  const [openId, setOpenId] = useState<string | null>(null);
  const [isMaking, setMaking] = useState(false);
  const [made, setMade] = useState<NewApiKey | null>(null);
  const { data, error, hasNextPage, isFetchingNextPage, fetchNextPage } = useInfiniteQuery(
    apiKeysQuery(team),
  );
  const more = useCallback(() => {
    if (!isFetchingNextPage) void fetchNextPage();
  }, [isFetchingNextPage, fetchNextPage]);
  const rows = data?.pages.flatMap((page) => page.data) ?? [];
  const open = rows.find((key) => key.id === openId) ?? null;
  const create = (
    <Button look="primary" onClick={() => setMaking(true)}>
      <Plus aria-hidden="true" />
      Create key
    </Button>
  );
  return (
    <>
      <PageHeader title="API keys">{create}</PageHeader>
      <div className={classes(pages.page, pages.fill)}>
        {error && <ProblemNote problem={problemOf(error)} />}
        {!data && !error && <Loading what="keys" />}
        {data && (
          <DataTable
            label="API keys"
            columns={columns}
            rows={rows}
            rowKey={(key) => key.id}
            narrow={(key) => <NarrowRow apiKey={key} />}
            onOpen={(key) => setOpenId(key.id)}
            selected={openId ?? undefined}
            hasMore={hasNextPage}
            onMore={more}
            empty={<NoKeys />}
          />
        )}
        {data && rows.length > 0 && (
          <p className="faint num">
            {plural(rows.length, "key")}
            {hasNextPage && " loaded, more below"}
          </p>
        )}
      </div>
      <Suspense>
        {open && <KeyDrawer key={open.id} apiKey={open} onClose={() => setOpenId(null)} />}
        {isMaking && (
          <NewKey
            onClose={() => setMaking(false)}
            onMade={(key) => {
              setMaking(false);
              setMade(key);
            }}
          />
        )}
        {made && <NewKeyShown made={made} onDone={() => setMade(null)} />}
      </Suspense>
    </>
  );
}

function NoKeys() {
  return (
    <Empty title="No API keys yet">
      <KeyRound aria-hidden="true" />
      <p>A key lets a program read or change what its scopes name, and nothing else.</p>
    </Empty>
  );
}

const columns: Column<ApiKey>[] = [
  {
    id: "state",
    header: "State",
    width: "124px",
    cell: (key) => <KeyStateMark state={key.state} />,
  },
  {
    id: "name",
    header: "Name",
    width: "minmax(150px, 1.4fr)",
    cell: (key) => (
      <>
        <span className={styles.name}>{key.name}</span>
        {key.env === "test" && <span className={styles.test}>test</span>}
      </>
    ),
  },
  {
    id: "prefix",
    header: "Begins with",
    width: "minmax(210px, 1fr)",
    cell: (key) => <span className="mono muted">{key.prefix}</span>,
  },
  {
    id: "scopes",
    header: "Scopes",
    width: "minmax(140px, 1.4fr)",
    cell: (key) => <span className="muted">{key.scopes.join(", ")}</span>,
  },
  {
    id: "used",
    header: "Last used",
    width: "108px",
    cell: (key) => <LastUse apiKey={key} />,
  },
  {
    id: "expires",
    header: "Expires",
    width: "176px",
    cell: (key) =>
      key.expires_at ? <Time at={key.expires_at} /> : <span className="faint">never</span>,
  },
];

function LastUse({ apiKey }: { apiKey: ApiKey }) {
  if (!apiKey.last_used_at) return <span className="faint">never</span>;
  return (
    <span className="muted">
      <Ago at={apiKey.last_used_at} />
    </span>
  );
}

function NarrowRow({ apiKey }: { apiKey: ApiKey }) {
  return (
    <div className={styles.narrow}>
      <KeyStateMark state={apiKey.state}>
        <span className={styles.name}>{apiKey.name}</span>
      </KeyStateMark>
      <LastUse apiKey={apiKey} />
      <span className={classes(styles.second, "faint")}>
        {[keyStateWord(apiKey.state), ...apiKey.scopes].join(" · ")}
      </span>
    </div>
  );
}
