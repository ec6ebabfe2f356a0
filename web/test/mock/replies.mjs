// How the stand-in refuses and how it pages.
import { randomBytes } from "node:crypto";

export class Refusal extends Error {
  constructor(status, code, title, detail, errors = []) {
    super(title);
    const request_id = randomBytes(8).toString("hex");
    this.body = { type: `/problems/${code}`, title, status, detail, code, request_id, errors };
  }
}

export const missing = () => new Refusal(404, "not_found", "Nothing is here", "Check the address.");

export const unknownUser = () =>
  new Refusal(401, "unauthenticated", "You are not signed in", "Sign in and try again.");

export const forbidden = (detail = "Ask an owner or admin of the team.") =>
  new Refusal(403, "forbidden", "Your role does not permit this", detail);

export const conflict = (detail) =>
  new Refusal(409, "conflict", "This conflicts with what is there", detail);

export function invalid(pointer, detail) {
  const error = { pointer, code: "invalid", detail };
  const title = "Some values are not acceptable";
  return new Refusal(422, "invalid", title, "Correct the fields.", [error]);
}

export function page(list, query) {
  const start = Number(query.get("cursor") ?? 0);
  const limit = Number(query.get("limit") ?? 50);
  const data = list.slice(start, start + limit);
  return { data, next: start + limit < list.length ? String(start + limit) : null };
}
