// Every address of the page, its typed search parameters, and who may open it. Pages load when
// they are first visited.
import { QueryCache, QueryClient } from "@tanstack/react-query";
import {
  createRootRoute,
  createRoute,
  createRouter,
  lazyRouteComponent,
  Outlet,
  redirect,
} from "@tanstack/react-router";
import { ProblemError } from "./api/problem";
import { meQuery } from "./api/queries";
import type { Me } from "./api/types";
import { readVariables } from "./lib/dashboardVariables";
import { getPreferences, setPreferences } from "./lib/preferences";
import { optionalNumber, optionalText } from "./lib/search";
import type { AuditSearch } from "./pages/AuditPage";
import type { DashboardsSearch } from "./pages/dashboards/DashboardsPage";
import type { DashboardSearch } from "./pages/dashboards/useDashboardView";
import { Fault, NotFound } from "./pages/Fault";
import type { MetricsSearch } from "./pages/MetricsPage";
import type { ServersSearch } from "./pages/ServerFilters";
import { TeamRoom } from "./pages/TeamRoom";
import { Loading } from "./ui/Empty";

/** Whoever stands there need not be signed in. */
const openPaths = ["/login", "/signup", "/setup", "/forgot", "/reset", "/confirm-email", "/invite"];

/** A session that ended anywhere sends the reader to the log-in page, and back afterwards. */
function leaveWhenSignedOut(thrown: unknown): void {
  const signedOut = thrown instanceof ProblemError && thrown.problem.code === "unauthenticated";
  const { pathname, href } = router.state.location;
  if (!signedOut || openPaths.includes(pathname)) return;
  void router.navigate({ to: "/login", search: { next: href } });
}

/** The team began to demand another way in: what the reader may see is read anew. */
function noticeLock(thrown: unknown): void {
  const locks = ["mfa_enrolment_required", "sso_required"];
  const locked = thrown instanceof ProblemError && locks.includes(thrown.problem.code);
  if (locked) void queryClient.invalidateQueries({ queryKey: meQuery.queryKey });
}

function onError(thrown: unknown): void {
  leaveWhenSignedOut(thrown);
  noticeLock(thrown);
}

export const queryClient = new QueryClient({
  queryCache: new QueryCache({ onError }),
  defaultOptions: {
    queries: {
      staleTime: 10_000,
      retry: (failures, thrown) => !(thrown instanceof ProblemError) && failures < 2,
    },
  },
});

async function requireMe(next: string): Promise<Me> {
  try {
    return await queryClient.ensureQueryData(meQuery);
  } catch (thrown) {
    const signedOut = thrown instanceof ProblemError && thrown.problem.status === 401;
    if (signedOut) throw redirect({ to: "/login", search: { next } });
    throw thrown;
  }
}

const rootRoute = createRootRoute({ component: Outlet, notFoundComponent: NotFound });

const loginRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: "/login",
  validateSearch: (search): { next?: string; sso?: string; team?: string } => ({
    next: optionalText(search.next),
    sso: optionalText(search.sso),
    team: optionalText(search.team),
  }),
  component: lazyRouteComponent(() => import("./pages/LoginPage"), "LoginPage"),
});

const signupRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: "/signup",
  component: lazyRouteComponent(() => import("./pages/SignupPage"), "SignupPage"),
});

const setupRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: "/setup",
  component: lazyRouteComponent(() => import("./pages/SetupPage"), "SetupPage"),
});

const forgotRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: "/forgot",
  component: lazyRouteComponent(() => import("./pages/ForgotPage"), "ForgotPage"),
});

const resetRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: "/reset",
  component: lazyRouteComponent(() => import("./pages/ResetPage"), "ResetPage"),
});

const confirmEmailRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: "/confirm-email",
  component: lazyRouteComponent(() => import("./pages/ConfirmEmailPage"), "ConfirmEmailPage"),
});

const inviteRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: "/invite",
  component: lazyRouteComponent(() => import("./pages/InvitePage"), "InvitePage"),
});

const homeRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: "/",
  beforeLoad: async ({ location }) => {
    const me = await requireMe(location.href);
    const known = me.teams.find((one) => one.id === getPreferences().team) ?? me.teams[0];
    if (known) throw redirect({ to: "/teams/$team", params: { team: known.id } });
    throw redirect({ to: "/account" });
  },
});

const signedInRoute = createRoute({
  getParentRoute: () => rootRoute,
  id: "signed-in",
  beforeLoad: async ({ location }) => ({ me: await requireMe(location.href) }),
  component: lazyRouteComponent(() => import("./shell/Shell"), "Shell"),
});

const accountRoute = createRoute({
  getParentRoute: () => signedInRoute,
  path: "/account",
  component: lazyRouteComponent(() => import("./pages/AccountPage"), "AccountPage"),
});

const operatorRoute = createRoute({
  getParentRoute: () => signedInRoute,
  path: "/operator",
  component: lazyRouteComponent(() => import("./pages/OperatorPage"), "OperatorPage"),
});

const teamRoute = createRoute({
  getParentRoute: () => signedInRoute,
  path: "/teams/$team",
  beforeLoad: ({ context, params }) => {
    if (context.me.teams.some((one) => one.id === params.team)) {
      setPreferences({ team: params.team });
    }
  },
  component: TeamRoom,
});

const overviewRoute = createRoute({
  getParentRoute: () => teamRoute,
  path: "/",
  component: lazyRouteComponent(() => import("./pages/OverviewPage"), "OverviewPage"),
});

const serversRoute = createRoute({
  getParentRoute: () => teamRoute,
  path: "/servers",
  validateSearch: (search): ServersSearch => ({
    q: optionalText(search.q),
    status: optionalText(search.status),
    sort: optionalText(search.sort),
  }),
  component: lazyRouteComponent(() => import("./pages/ServersPage"), "ServersPage"),
});

const newServerRoute = createRoute({
  getParentRoute: () => teamRoute,
  path: "/servers/new",
  component: lazyRouteComponent(() => import("./pages/NewServerPage"), "NewServerPage"),
});

const serverRoute = createRoute({
  getParentRoute: () => teamRoute,
  path: "/servers/$server",
  validateSearch: (search): { range?: string } => ({ range: optionalText(search.range) }),
  component: lazyRouteComponent(() => import("./pages/ServerPage"), "ServerPage"),
});

const metricsRoute = createRoute({
  getParentRoute: () => teamRoute,
  path: "/metrics",
  validateSearch: (search): MetricsSearch => ({
    expr: optionalText(search.expr),
    range: optionalText(search.range),
    end: optionalNumber(search.end),
    step: optionalNumber(search.step),
    view: search.view === "table" ? "table" : undefined,
  }),
  component: lazyRouteComponent(() => import("./pages/MetricsPage"), "MetricsPage"),
});

const metricsUsageRoute = createRoute({
  getParentRoute: () => teamRoute,
  path: "/metrics/usage",
  component: lazyRouteComponent(() => import("./pages/MetricsUsagePage"), "MetricsUsagePage"),
});

const dashboardsRoute = createRoute({
  getParentRoute: () => teamRoute,
  path: "/dashboards",
  validateSearch: (search): DashboardsSearch => ({
    q: optionalText(search.q),
    sort: optionalText(search.sort),
    view: search.view === "trash" ? "trash" : undefined,
  }),
  component: lazyRouteComponent(
    () => import("./pages/dashboards/DashboardsPage"),
    "DashboardsPage",
  ),
});

const dashboardRoute = createRoute({
  getParentRoute: () => teamRoute,
  path: "/dashboards/$dashboard",
  validateSearch: (search): DashboardSearch => ({
    range: optionalText(search.range),
    end: optionalNumber(search.end),
    refresh: search.refresh === 0 ? 0 : optionalNumber(search.refresh),
    edit: search.edit === true ? true : undefined,
    ...readVariables(search),
  }),
  component: lazyRouteComponent(() => import("./pages/dashboards/DashboardPage"), "DashboardPage"),
});

const auditRoute = createRoute({
  getParentRoute: () => teamRoute,
  path: "/audit",
  validateSearch: (search): AuditSearch => ({
    q: optionalText(search.q),
    seq: Number.isInteger(search.seq) ? Number(search.seq) : undefined,
  }),
  component: lazyRouteComponent(() => import("./pages/AuditPage"), "AuditPage"),
});

const auditStreamsRoute = createRoute({
  getParentRoute: () => teamRoute,
  path: "/audit/streams",
  component: lazyRouteComponent(() => import("./pages/AuditStreamsPage"), "AuditStreamsPage"),
});

const teamSettingsRoute = createRoute({
  getParentRoute: () => teamRoute,
  path: "/settings",
  component: lazyRouteComponent(() => import("./pages/TeamPage"), "TeamPage"),
});

const ssoRoute = createRoute({
  getParentRoute: () => teamRoute,
  path: "/single-sign-on",
  component: lazyRouteComponent(() => import("./pages/SsoPage"), "SsoPage"),
});

const rolesRoute = createRoute({
  getParentRoute: () => teamRoute,
  path: "/roles",
  component: lazyRouteComponent(() => import("./pages/RolesPage"), "RolesPage"),
});

const apiKeysRoute = createRoute({
  getParentRoute: () => teamRoute,
  path: "/api-keys",
  component: lazyRouteComponent(() => import("./pages/ApiKeysPage"), "ApiKeysPage"),
});

const tree = rootRoute.addChildren([
  loginRoute,
  signupRoute,
  setupRoute,
  forgotRoute,
  resetRoute,
  confirmEmailRoute,
  inviteRoute,
  homeRoute,
  signedInRoute.addChildren([
    accountRoute,
    operatorRoute,
    teamRoute.addChildren([
      overviewRoute,
      serversRoute,
      newServerRoute,
      serverRoute,
      metricsRoute,
      metricsUsageRoute,
      dashboardsRoute,
      dashboardRoute,
      auditRoute,
      auditStreamsRoute,
      teamSettingsRoute,
      ssoRoute,
      rolesRoute,
      apiKeysRoute,
    ]),
  ]),
]);

export const router = createRouter({
  routeTree: tree,
  defaultPreload: "intent",
  defaultPendingComponent: () => <Loading what="the page" />,
  defaultErrorComponent: Fault,
});

declare module "@tanstack/react-router" {
  interface Register {
    router: typeof router;
  }
}
