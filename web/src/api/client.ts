// The one way to the server. Adds the CSRF token to unsafe requests, has the reader prove to be
// present where the server asks for it, and turns refusals into ProblemError. Holds no state but
// that token, which the answer of /me renews.
import createClient, { type Middleware } from "openapi-fetch";
import { askForProof } from "../lib/proof";
import { ProblemError } from "./problem";
import type { paths } from "./schema";
import type { Problem } from "./types";

let csrfToken: string | null = null;

export function setCsrfToken(token: string | null): void {
  csrfToken = token;
}

const csrf: Middleware = {
  onRequest({ request }) {
    if (csrfToken && request.method !== "GET") request.headers.set("X-CSRF-Token", csrfToken);
    return request;
  },
};

/** A request that was refused for want of a proof is sent again after the reader gave one. */
async function fetchProved(request: Request): Promise<Response> {
  const again = request.clone();
  const response = await fetch(request);
  if (response.status !== 403) return response;
  const problem: unknown = await response
    .clone()
    .json()
    .catch(() => null);
  if (!isProblem(problem) || problem.code !== "step_up_required") return response;
  return (await askForProof()) ? fetch(again) : response;
}

export const api = createClient<paths>({ fetch: fetchProved });
api.use(csrf);

type Query = Record<string, string | number | string[] | undefined>;

/** Adds a query to a request's parameters; the API document names only those of the path. */
export function withQuery<P extends object>(params: P, query: Query): P {
  return { ...params, query };
}

type Answer<T> = { data?: T; error?: unknown; response: Response };

/** Waits for an answer and gives its body; throws ProblemError when the request was refused. */
export async function send<T>(pending: Promise<Answer<T>>): Promise<T> {
  const { data, error, response } = await pending;
  if (response.ok) return data as T;
  throw new ProblemError(asProblem(error, response));
}

function asProblem(error: unknown, response: Response): Problem {
  if (isProblem(error)) return error;
  return {
    type: "about:blank",
    title: `The server answered ${response.status}`,
    status: response.status,
    detail: "The answer could not be read. Try again; if it stays, ask the operator.",
    code: "unreadable_answer",
    request_id: response.headers.get("X-Request-Id") ?? "",
    errors: [],
  };
}

function isProblem(value: unknown): value is Problem {
  return typeof value === "object" && value !== null && "title" in value && "code" in value;
}
