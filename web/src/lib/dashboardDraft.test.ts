import { afterEach, expect, it, vi } from "vitest";
import { emptyBody } from "./dashboard";
import { findDraft, forgetDraft, forgetDrafts, keepDraft } from "./dashboardDraft";

/** As the browser's: what is kept are its own properties. */
class Store {
  [key: string]: unknown;
  getItem(key: string) {
    return this[key] ?? null;
  }
  setItem(key: string, value: string) {
    this[key] = value;
  }
  removeItem(key: string) {
    delete this[key];
  }
}

const draft = { revision: 3, content: { name: "Hosts", description: "", body: emptyBody } };

afterEach(() => vi.unstubAllGlobals());

it("drafts are found again, and all are forgotten when the reader leaves", () => {
  vi.stubGlobal("localStorage", new Store());
  keepDraft("a", draft);
  keepDraft("b", draft);
  localStorage.setItem("atalaya.preferences", "{}");
  expect(findDraft("a")).toEqual(draft);
  forgetDraft("a");
  expect(findDraft("a")).toBeNull();
  forgetDrafts();
  expect(findDraft("b")).toBeNull();
  expect(Object.keys(localStorage)).toEqual(["atalaya.preferences"]);
});

it("storage that is blocked or holds something else is no draft", () => {
  vi.stubGlobal("localStorage", new Store());
  localStorage.setItem("atalaya.draft.a", "{");
  expect(findDraft("a")).toBeNull();
  vi.stubGlobal("localStorage", undefined);
  expect(findDraft("a")).toBeNull();
  keepDraft("a", draft);
  forgetDraft("a");
  forgetDrafts();
});
