import { describe, expect, it } from "vitest";
import table from "../../../src/promql/function_table.cpp?raw";
import {
  complete,
  contextAt,
  functions,
  putMetric,
  selectorsOf,
  slipOf,
  suggest,
  tokensOf,
} from "./promql";

/** The context at the bar in the text. */
function at(marked: string) {
  const caret = marked.indexOf("|");
  return contextAt(marked.replace("|", ""), caret);
}

/** What the text becomes by the first suggestion at the bar, with the caret as a bar. */
function taken(marked: string, known: string[]) {
  const text = marked.replace("|", "");
  const context = at(marked);
  const [first] = suggest(context, known);
  if (!first) return null;
  const done = complete(text, context, first.insert);
  return `${done.text.slice(0, done.caret)}|${done.text.slice(done.caret)}`;
}

describe("tokensOf", () => {
  it("keeps what belongs together", () => {
    const texts = tokensOf('sum by(job)(rate(a:b{c=~"x\\"}"}[5m])) # }').map((one) => one.text);
    expect(texts.slice(0, 6)).toEqual(["sum", "by", "(", "job", ")", "("]);
    expect(texts).toContain("a:b");
    expect(texts).toContain("=~");
    expect(texts).toContain('"x\\"}"');
    expect(texts).toContain("5m");
    expect(texts.at(-1)).toBe("# }");
  });

  it("knows strings that do not end", () => {
    expect(tokensOf('{a="b').at(-1)).toMatchObject({ kind: "string", isOpen: true });
    expect(tokensOf('{a="').at(-1)).toMatchObject({ text: '"', isOpen: true });
    expect(tokensOf('{a="b\\"').at(-1)).toMatchObject({ isOpen: true });
    expect(tokensOf('{a="b\\\\"').at(-1)?.isOpen).toBeUndefined();
    expect(tokensOf('{a="b"').at(-1)?.isOpen).toBeUndefined();
  });
});

describe("contextAt", () => {
  it("tells metrics, labels, values and durations apart", () => {
    expect(at("ra|")).toMatchObject({ kind: "expression", typed: "ra", begin: 0, end: 2 });
    expect(at("rate(no|")).toMatchObject({ kind: "expression", typed: "no" });
    expect(at("up{|")).toMatchObject({ kind: "label", selectors: ["up"] });
    expect(at('up{job="a|')).toMatchObject({ kind: "value", label: "job", typed: "a", quote: '"' });
    expect(at("up{job=|")).toMatchObject({ kind: "value", label: "job", typed: "" });
    expect(at("rate(up[5|")).toMatchObject({ kind: "duration", typed: "5" });
    expect(at("up offset |")).toMatchObject({ kind: "duration" });
  });

  it("offers labels of the metrics that are summed up", () => {
    expect(at("sum by (|) (rate(a[5m]) / b)")).toMatchObject({
      kind: "label",
      selectors: ["a", "b"],
    });
    expect(at("a / on(jo|) b").selectors).toEqual(["a", "b"]);
  });

  it("narrows values by the conditions before them", () => {
    expect(at('cpu{mode="idle", instance="|"}').selectors).toEqual(['cpu{mode="idle"}']);
    expect(at('{mode="idle", instance="|"}').selectors).toEqual(['{mode="idle"}']);
    expect(at('rate({instance="|"}').selectors).toEqual([]);
  });

  it("is silent where nothing can be added", () => {
    expect(at('up{job="a"|').kind).toBe("none");
    expect(at("up # jo|").kind).toBe("none");
    expect(at("1|").kind).toBe("none");
    expect(at("up{job jo|").kind).toBe("none");
  });
});

describe("suggest", () => {
  const names = ["node_cpu", "node_memory", "process_cpu", "up"];
  const texts = (marked: string) => suggest(at(marked), names).map((one) => one.text);

  it("has what begins so first, then what has such a word, then the rest", () => {
    expect(texts("cpu|")).toEqual(["node_cpu", "process_cpu"]);
    expect(texts("no|").slice(0, 2)).toEqual(["node_cpu", "node_memory"]);
    expect(texts("rat|")[0]).toBe("rate");
    expect(texts("|")).toEqual(names);
  });

  it("leaves out what already stands there", () => {
    expect(texts("up|")).not.toContain("up");
  });

  it("writes each as it has to be written", () => {
    expect(taken("rat|", [])).toBe("rate(|");
    expect(taken("up{jo|}", ["job"])).toBe('up{job="|}');
    expect(taken('up{jo|="api"}', ["job"])).toBe('up{job|="api"}');
    expect(taken("sum by (jo|)", ["job"])).toBe("sum by (job|)");
    expect(taken('up{job="a|}', ["api"])).toBe('up{job="api"|}');
    expect(taken('up{job="a|x"}', ["api"])).toBe('up{job="api"|}');
    expect(taken("up{job='a|'}", ["a'b"])).toBe("up{job='a\\'b'|}");
    expect(taken("up{job=|}", ["api"])).toBe('up{job="api"|}');
    expect(taken('up{job=~"w|"}', ["web-1.example"])).toBe('up{job=~"web-1\\\\.example"|}');
    expect(taken("http|", ["http.requests"])).toBe('{"http.requests"}|');
    expect(taken("up{ht|", ["http.host"])).toBe('up{"http.host"="|');
  });
});

describe("functions", () => {
  it("are those of the engine, without those for native histograms", () => {
    const known = [...table.matchAll(/Function\{"(\w+)", "[^"]*", \w, (\w+)/g)];
    const wanted = known.flatMap(([, name, code]) => {
      return code === "of_native_histograms" || code === "histogram_fraction" ? [] : [name];
    });
    expect(Object.keys(functions)).toEqual(wanted);
  });
});

describe("selectorsOf", () => {
  it("finds what an expression reads", () => {
    const text = 'sum by (a) (rate(up{job="}"}[5m])) / on(b) {c="d"} + down offset 5m + 1';
    expect(selectorsOf(text)).toEqual(['up{job="}"}', '{c="d"}', "down"]);
    expect(selectorsOf("time() + 1")).toEqual([]);
    expect(selectorsOf("up{job=")).toEqual([]);
  });
});

describe("putMetric", () => {
  it("takes the place of a metric that stands alone", () => {
    expect(putMetric("", 0, "up")).toEqual({ text: "up", caret: 2, isWhole: true });
    expect(putMetric("down", 4, "up")).toMatchObject({ text: "up", isWhole: true });
    expect(putMetric('{"a.b"}', 0, "up")).toMatchObject({ text: "up", isWhole: true });
  });

  it("joins an expression where the caret is", () => {
    expect(putMetric("sum()", 4, "up")).toEqual({ text: "sum(up)", caret: 6, isWhole: false });
    expect(putMetric("rate(x[5m])", 6, "up").text).toBe("rate(up[5m])");
    expect(putMetric("up{job=}", 8, "a").text).toBe("up{job=}a");
  });
});

describe("slipOf", () => {
  const said = (place: string) => `invalid parameter "query": ${place}: parse error: no such thing`;

  it("finds the place in lines, counted in bytes", () => {
    expect(slipOf(said("1:5"), "sum(]")).toEqual({
      line: 1,
      column: 5,
      at: 4,
      reason: "no such thing",
    });
    expect(slipOf(said("2:3"), "sum(\nup)")).toMatchObject({ line: 2, column: 3, at: 7 });
    expect(slipOf(said("1:10"), '"ñandú" ]')).toMatchObject({ column: 8 });
  });

  it("is nothing for any other refusal", () => {
    expect(slipOf("exceeded maximum resolution", "up")).toBeNull();
    expect(slipOf(undefined, "up")).toBeNull();
  });
});
