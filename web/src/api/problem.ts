// A refused request as an exception. Every page shows it the same way (ui/ProblemNote).
import type { Problem } from "./types";

export class ProblemError extends Error {
  readonly problem: Problem;

  constructor(problem: Problem) {
    super(problem.title);
    this.name = "ProblemError";
    this.problem = problem;
  }
}

/** The problem behind any thrown value; a failed connection becomes a problem of its own. */
export function problemOf(thrown: unknown): Problem {
  if (thrown instanceof ProblemError) return thrown.problem;
  const lost = thrown instanceof TypeError;
  return {
    type: "about:blank",
    title: lost ? "The server could not be reached" : "This page ran into a fault",
    status: 0,
    detail: lost
      ? "Check your connection. Nothing was changed; try again in a moment."
      : "Reload the page. If it stays, report what you did last.",
    code: lost ? "unreachable" : "page_fault",
    request_id: "",
    errors: [],
  };
}

/** Field messages by field name: the pointer `/name` belongs to the field `name`. */
export function fieldErrors(problem: Problem): Record<string, string> {
  const messages: Record<string, string> = {};
  for (const error of problem.errors ?? []) {
    const name = error.pointer.replace(/^#?\//, "");
    messages[name] ??= error.detail;
  }
  return messages;
}
