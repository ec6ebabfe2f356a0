// Where the reader is signed in, and the way to end it.
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { api, send } from "../api/client";
import { problemOf } from "../api/problem";
import { sessionsQuery } from "../api/queries";
import type { Session } from "../api/types";
import { plural } from "../lib/format";
import { showDone, showFailed } from "../lib/notices";
import { browserName } from "../lib/userAgent";
import { Button } from "../ui/Button";
import { Card } from "../ui/Card";
import { Loading } from "../ui/Empty";
import { ProblemNote } from "../ui/ProblemNote";
import { Ago, Time } from "../ui/Time";
import pages from "./pages.module.css";

export function Sessions() {
  const client = useQueryClient();
  const { data, error } = useQuery(sessionsQuery);
  const others = data?.data.filter((session) => !session.current) ?? [];
  const end = useMutation({
    mutationFn: async (sessions: Session[]) => {
      for (const { id } of sessions) {
        await send(api.DELETE("/api/v1/sessions/{session}", { params: { path: { session: id } } }));
      }
    },
    onSuccess: (_, sessions) => showDone(`Signed out ${plural(sessions.length, "session")}`),
    onError: showFailed,
    onSettled: () => client.invalidateQueries({ queryKey: sessionsQuery.queryKey }),
  });
  const aside = others.length > 1 && (
    <Button busy={end.isPending} onClick={() => end.mutate(others)}>
      Sign out other sessions
    </Button>
  );
  return (
    <Card title="Sessions" note={data && `${data.data.length}`} aside={aside} flush>
      {error && <ProblemNote problem={problemOf(error)} />}
      {!data && !error && <Loading what="sessions" />}
      {data && (
        // biome-ignore lint/a11y/noNoninteractiveTabindex: a scrollable area must take focus
        <section className={pages.scroll} tabIndex={0} aria-label="Sessions, scrollable">
          <table className={pages.plain}>
            <thead>
              <tr>
                <th scope="col">Browser</th>
                <th scope="col">Address</th>
                <th scope="col">Last used</th>
                <th scope="col">Signed in</th>
                <th scope="col">Ends</th>
                <th scope="col">
                  <span className="unseen">Act</span>
                </th>
              </tr>
            </thead>
            <tbody>
              {data.data.map((session) => (
                <tr key={session.id}>
                  <th scope="row" title={session.user_agent ?? undefined}>
                    {browserName(session.user_agent)}
                  </th>
                  <td className="mono">{session.ip ?? "–"}</td>
                  <td>{session.current ? "this session" : <Ago at={session.last_used_at} />}</td>
                  <td>
                    <Time at={session.created_at} />
                  </td>
                  <td>
                    <Time at={session.expires_at} />
                  </td>
                  <td>
                    {!session.current && (
                      <Button busy={end.isPending} onClick={() => end.mutate([session])}>
                        Sign out
                      </Button>
                    )}
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </section>
      )}
    </Card>
  );
}
