// What comes from outside: problems, addresses, passwords, live events.
import { describe, expect, it } from "vitest";
import { fieldErrors, ProblemError, problemOf } from "../api/problem";
import type { Problem, Server } from "../api/types";
import { installCommand } from "./installCommand";
import { patchList, patchServer } from "./livePatch";
import { passwordRules } from "./passwordRules";
import { optionalText, safeNext } from "./search";

const problem: Problem = {
  type: "about:blank",
  title: "Some values are not acceptable",
  status: 422,
  detail: "Correct them.",
  code: "invalid",
  request_id: "r1",
  errors: [
    { pointer: "/name", code: "empty", detail: "A name is needed." },
    { pointer: "/name", code: "short", detail: "Too short." },
    { pointer: "#/email", code: "odd", detail: "Not an address." },
  ],
};

describe("problems", () => {
  it("gives each field its first message", () => {
    expect(fieldErrors(problem)).toEqual({ name: "A name is needed.", email: "Not an address." });
  });

  it("makes a problem of a lost connection and of a fault", () => {
    expect(problemOf(new ProblemError(problem))).toBe(problem);
    expect(problemOf(new TypeError("Failed to fetch")).code).toBe("unreachable");
    expect(problemOf("odd").code).toBe("page_fault");
  });
});

describe("addresses", () => {
  it("follows only addresses of this site after log-in", () => {
    expect(safeNext("/teams/1/audit?seq=3")).toBe("/teams/1/audit?seq=3");
    for (const bad of [
      "//evil.example",
      "https://evil.example",
      "/\\evil.example",
      "",
      undefined,
    ]) {
      expect(safeNext(bad)).toBe("/");
    }
  });

  it("reads search parameters as text or not at all", () => {
    expect(optionalText(7)).toBe("7");
    expect([optionalText(""), optionalText(null), optionalText({})]).toEqual([
      undefined,
      undefined,
      undefined,
    ]);
  });
});

describe("passwordRules", () => {
  const met = (password: string) =>
    passwordRules(password, "Ada Example", "ada.lovelace@example.com", 15).map((rule) => rule.met);

  it("asks for length, more than digits, and nothing personal", () => {
    expect(met("correct horse battery")).toEqual([true, true, true]);
    expect(met("123456789012345")).toEqual([true, false, true]);
    expect(met("my LOVELACE secret")).toEqual([true, true, false]);
    expect(met("")).toEqual([false, false, false]);
    expect(met("seven kites 14")).toEqual([false, true, true]);
    expect(passwordRules("seven kites 14", "", "", 12)[0]).toEqual({
      text: "At least 12 characters",
      met: true,
    });
    expect(passwordRules("seven kites 14", "", "", 15, 12)[0]).toEqual({
      text: "At least 15 characters; with an authenticator app 12 will do",
      met: false,
    });
  });

  it("does not mind short words of a name", () => {
    expect(met("radar station nine")).toEqual([true, true, true]);
  });
});

describe("live events", () => {
  const server = { id: "a", status: "up", last_seen_at: null, usage: null } as Server;
  const usage = { cpu_percent: 1, memory_percent: 2, disk_percent: 3 };
  const live = { id: "a", status: "down" as const, last_seen_at: "now", usage };
  const batch = new Map([["a", live]]);
  const others = new Map([["b", { ...live, id: "b" }]]);

  it("changes only the server they name", () => {
    expect(patchServer(server, batch)).toMatchObject({ status: "down", usage });
    expect(patchServer(server, others)).toBe(server);
  });

  it("keeps the order of a list, and the list itself when nothing changed", () => {
    const list = { data: [{ ...server, id: "z" }, server], next: null };
    expect(patchList(list, batch).data.map((one) => one.id)).toEqual(["z", "a"]);
    expect(patchList(list, others)).toBe(list);
  });
});

describe("installCommand", () => {
  const facts = { origin: "https://watch.example:8443", token: "ata_abc", caPem: null };

  it("leaves the authority out when the certificate is publicly trusted", () => {
    const command = installCommand(facts);
    expect(command).toContain('token = "ata_abc"');
    expect(command).toContain('server = "https://watch.example:8443"');
    expect(command).not.toContain("ca.pem");
  });

  it("carries the local authority along", () => {
    const command = installCommand({ ...facts, caPem: "-----BEGIN CERTIFICATE-----\nx\n" });
    expect(command).toContain("<<'PEM'\n-----BEGIN CERTIFICATE-----\nx\nPEM\n");
    expect(command).toContain('ca = "$HOME/.atalaya-agent/ca.pem"');
  });
});
