// Where the reader is signed in, and the way to end it.
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { api, send } from "../api/client";
import { sessionsQuery } from "../api/queries";
import type { Session } from "../api/types";
import { plural } from "../lib/format";
import { showDone, showFailed } from "../lib/notices";
import { browserName } from "../lib/userAgent";
import { Button } from "../ui/Button";
import { Ago, Time } from "../ui/Time";
import { TableCard } from "./TableCard";

export function Sessions() {
  const client = useQueryClient();
  const sessions = useQuery(sessionsQuery);
  const others = sessions.data?.data.filter((session) => !session.current) ?? [];
  const end = useMutation({
    mutationFn: async (one: Session | null) => {
      if (!one) return (await send(api.DELETE("/api/v1/sessions"))).ended;
      const params = { path: { session: one.id } };
      await send(api.DELETE("/api/v1/sessions/{session}", { params }));
      return 1;
    },
    onSuccess: (ended) => showDone(`Signed out ${plural(ended, "session")}`),
    onError: showFailed,
    onSettled: () => client.invalidateQueries({ queryKey: sessionsQuery.queryKey }),
  });
  const aside = others.length > 1 && (
    <Button busy={end.isPending} onClick={() => end.mutate(null)}>
      Sign out other sessions
    </Button>
  );
  return (
    <TableCard
      title="Sessions"
      note={sessions.data && `${sessions.data.data.length}`}
      aside={aside}
      query={sessions}
      columns={["Browser", "Address", "Last used", "Signed in", "Ends"]}
      hasActs
      rows={({ data }) =>
        data.map((session) => (
          <tr key={session.id}>
            <th scope="row" title={session.user_agent ?? undefined}>
              {browserName(session.user_agent)}
              {session.remembered && <span className="faint"> kept</span>}
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
                <Button busy={end.isPending} onClick={() => end.mutate(session)}>
                  Sign out
                </Button>
              )}
            </td>
          </tr>
        ))
      }
    />
  );
}
