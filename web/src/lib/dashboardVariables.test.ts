// biome-ignore-all lint/suspicious/noTemplateCurlyInString: that is how variables are written

import { describe, expect, it } from "vitest";
import type { Variable } from "../api/types";
import {
  allValues,
  chosenOf,
  fillIn,
  fillInLabels,
  fillInWords,
  readVariables,
  type Setting,
} from "./dashboardVariables";

const window = { start: 1000, end: 4600, step: 30 };

function variable(change: Partial<Variable>): Variable {
  return {
    name: "host",
    label: "",
    kind: "list",
    match: "",
    values_of: "",
    options: [],
    many: false,
    all: false,
    chosen: [],
    ...change,
  };
}

function setting(chosen: string[], change: Partial<Variable> = {}, known: string[] = []): Setting {
  return { variable: variable(change), chosen, known };
}

const filled = (text: string, ...settings: Setting[]) => fillIn(text, settings, window).text;

describe("fillIn", () => {
  it("knows every way to write a name", () => {
    const one = setting(["web-01"]);
    expect(filled("$host ${host} [[host]] ${host:raw} [[host:csv]]", one)).toBe(
      "web-01 web-01 web-01 web-01 web-01",
    );
  });

  it("joins several values into a pattern that matches just these", () => {
    const many = setting(["a.b", "c|d"], { many: true });
    expect(filled('up{host=~"$host"}', many)).toBe('up{host=~"(a\\\\.b|c\\\\|d)"}');
    expect(filled("${host:pipe}", many)).toBe("a.b|c|d");
    expect(filled('"${host:regex}"', setting(["a.b"]))).toBe('"a\\\\.b"');
  });

  it("keeps a value from ending the string around it", () => {
    expect(filled('up{host="$host"}', setting(['a"} or up{b="']))).toBe(
      'up{host="a\\"} or up{b=\\""}',
    );
  });

  it("puts all known values in for All, and any value where these are too many", () => {
    const all = { many: true, all: true, kind: "label_values" as const };
    expect(filled("$host", setting([allValues], all, ["a", "b"]))).toBe("(a|b)");
    const names = Array.from({ length: 101 }, (_, i) => `h${i}`);
    expect(filled("$host", setting([allValues], all, names))).toBe(".+");
  });

  it("knows the times of the range", () => {
    expect(filled("$__interval $__rate_interval $__range $__range_s $__from ${__to}")).toBe(
      "30s 120s 3600s 3600 1000000 4600000",
    );
    expect(fillIn("$__rate_interval", [], { ...window, step: 5 }).text).toBe("60s");
  });

  it("tells names that no variable has, and variables without a value", () => {
    expect(fillIn("$nope + $host", [setting([])], window)).toMatchObject({
      unknown: ["nope"],
      unset: ["host"],
    });
  });

  it("leaves the groups of label_replace and the end of a pattern alone", () => {
    const text = 'label_replace(up{a=~"b$"}, "x", "$1-${2}", "y", "(.*)")';
    expect(fillIn(text, [], window)).toEqual({ text, unknown: [], unset: [] });
  });
});

it("words name values plainly", () => {
  expect(fillInWords("CPU of $host", [setting(["a", "b"])])).toBe("CPU of a, b");
  expect(fillInWords("CPU of $host, $other", [setting([allValues])])).toBe("CPU of All, $other");
  expect(fillInLabels("{{ mode }} on {{cpu}}{{none}}", { mode: "idle", cpu: "0" })).toBe(
    "idle on 0",
  );
});

describe("chosenOf", () => {
  it("asks the address first, then the dashboard, then takes the first value", () => {
    const one = variable({ chosen: ["b"] });
    expect(chosenOf(one, ["c"], ["a", "b", "c"])).toEqual(["c"]);
    expect(chosenOf(one, undefined, ["a", "b"])).toEqual(["b"]);
    expect(chosenOf(variable({}), undefined, ["a", "b"])).toEqual(["a"]);
    expect(chosenOf(variable({ all: true }), undefined, ["a"])).toEqual([allValues]);
    expect(chosenOf(variable({ kind: "text" }), undefined, [])).toEqual([]);
  });

  it("takes one value of a variable that has one", () => {
    expect(chosenOf(variable({}), ["a", "b"], [])).toEqual(["a"]);
    expect(chosenOf(variable({ many: true }), ["a", allValues], [])).toEqual([allValues]);
  });
});

it("only variables are read from the address", () => {
  expect(readVariables({ "var-host": ["a", 2], "var-code": 200, range: "1h" })).toEqual({
    "var-host": ["a", "2"],
    "var-code": "200",
  });
});
