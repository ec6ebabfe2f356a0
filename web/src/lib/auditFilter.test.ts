import { describe, expect, it } from "vitest";
import { complete, isSecretField, stretchOf, suggest, termsOf } from "./auditFilter";

const people = [{ name: "Ada Example", email: "ada@example.com" }];
const at = (query: string, caret = query.length) => suggest(query, caret, people, "2026-11-22");
const texts = (query: string, caret?: number) => at(query, caret).list.map((one) => one.text);

describe("the audit query", () => {
  it("is taken apart into terms with their places", () => {
    const terms = termsOf('  actor:ada -action:a.* "left \\" door" x');
    expect(terms.map(({ begin, end, key, negated }) => [begin, end, key, negated])).toEqual([
      [2, 11, "actor", false],
      [12, 23, "action", true],
      [24, 38, null, false],
      [39, 40, null, false],
    ]);
    expect(termsOf('a"b"').map((term) => term.value)).toEqual(["a", '"b"']);
    expect(termsOf('"open').length).toBe(1);
  });

  it("is helped along at the caret", () => {
    expect(texts("")).toContain("actor:");
    expect(texts("ac")).toEqual(["actor:", "action:"]);
    expect(texts("-out")).toEqual(["outcome:"]);
    expect(texts("outcome:d")).toEqual(["denied"]);
    expect(texts("outcome:denied")).toEqual([]);
    expect(texts("actor:a")).toEqual(["ada@example.com"]);
    expect(texts("actor:ada x", 9)).toEqual(["ada@example.com"]);
    expect(texts("from:")).toEqual(["2026-11-22"]);
    expect(texts("door")).toEqual([]);
  });

  it("takes a suggestion in", () => {
    expect(complete("-out x", at("-out x", 4), "outcome:")).toEqual({
      query: "-outcome:x",
      caret: 9,
    });
    expect(complete("outcome:d", at("outcome:d"), "denied")).toEqual({
      query: "outcome:denied ",
      caret: 15,
    });
  });

  it("is marked where the server says, in characters", () => {
    expect(stretchOf("?q#char=2,6", "😀 nope:x")).toEqual({ begin: 3, end: 7 });
    expect(stretchOf("?limit", "x")).toBeNull();
  });

  it("knows which values to hide", () => {
    expect(["password", "agent_token", "smtp.secret"].every(isSecretField)).toBe(true);
    expect(["name", "key_id", "tokens_used"].some(isSecretField)).toBe(false);
  });
});
