// What the page of single sign-on sends, and what the way back may say.
import { describe, expect, it } from "vitest";
import { ssoRefusal } from "./sso";
import { readDomains, readMapping } from "./ssoDraft";

describe("the draft of a connection", () => {
  it("takes domains one to a line, or with commas", () => {
    expect(readDomains(" example.com\n\nExample.org, a.example ")).toEqual([
      "example.com",
      "Example.org",
      "a.example",
    ]);
    expect(readDomains("")).toEqual([]);
  });

  it("leaves out rows without a group", () => {
    const rows = [
      { group: " staff ", role: "viewer" as const },
      { group: "  ", role: "admin" as const },
    ];
    expect(readMapping(rows)).toEqual([{ group: "staff", role: "viewer" }]);
  });
});

describe("a refusal", () => {
  it("has words for every code, known or not", () => {
    expect(ssoRefusal("domain")).toContain("domain");
    expect(ssoRefusal("something new")).toBe(ssoRefusal("failed"));
  });

  it("is none where a code is asked for", () => {
    expect(ssoRefusal("code")).toBeNull();
    expect(ssoRefusal(undefined)).toBeNull();
  });
});
