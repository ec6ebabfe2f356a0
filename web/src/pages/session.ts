// Entering and leaving: forget what was read for anybody else, then go on.
import { useQueryClient } from "@tanstack/react-query";
import { useRouter } from "@tanstack/react-router";
import { api, send, setCsrfToken } from "../api/client";
import { forgetDrafts } from "../lib/dashboardDraft";
import { showFailed } from "../lib/notices";
import { safeNext } from "../lib/search";
import { setView } from "../lib/viewAs";

/** Returns a function to call after a session was made; it leads to `next` or home. */
export function useEnter(): (next?: string) => Promise<void> {
  const client = useQueryClient();
  const router = useRouter();
  return async (next) => {
    client.clear();
    setCsrfToken(null);
    await router.navigate({ href: safeNext(next), replace: true });
  };
}

/** Returns a function that ends the session and leads to `to`. */
export function useLeave(): (to?: string) => Promise<void> {
  const client = useQueryClient();
  const router = useRouter();
  return async (to = "/login") => {
    try {
      await send(api.POST("/api/v1/logout"));
    } catch (thrown) {
      showFailed(thrown);
      return;
    }
    await router.navigate({ href: to });
    setCsrfToken(null);
    setView(null);
    forgetDrafts();
    client.removeQueries({ type: "inactive" });
    // What is shown stays shown and is read anew, for nobody.
    await client.resetQueries();
  };
}
