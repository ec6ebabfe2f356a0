#include "modules/trust/trust.hpp"

namespace atalaya::trust {

namespace {

constexpr std::string_view sheet = R"css(:root {
    color-scheme: light dark;
    --page: #f6f7f9; --surface: #fff; --line: #dfe3ea; --text: #161b26; --soft: #4a5364;
    --accent: #3350cf; --good: #12693b; --bad: #b3261e; --warn: #7a4b00;
}
@media (prefers-color-scheme: dark) {
    :root {
        --page: #0e1117; --surface: #151921; --line: #262c38; --text: #e8ebf1; --soft: #aab3c2;
        --accent: #8ea5ff; --good: #6fd39b; --bad: #ff8f86; --warn: #e9b45c;
    }
}
* { box-sizing: border-box; }
body {
    margin: 0; background: var(--page); color: var(--text);
    font: 15px/1.55 Inter, system-ui, sans-serif; overflow-wrap: break-word;
}
main { max-width: 880px; margin: 0 auto; padding: 32px 20px 64px; }
h1 { margin: 0 0 8px; font-size: 32px; line-height: 1.2; }
h2 { margin: 40px 0 12px; font-size: 18px; }
h4 { margin: 16px 0 4px; font-size: 13px; color: var(--soft); }
p { margin: 0 0 8px; }
a { color: var(--accent); }
a:focus-visible, summary:focus-visible, [tabindex]:focus-visible {
    outline: 2px solid var(--accent); outline-offset: 2px;
}
.brand { margin-bottom: 20px; font-weight: 600; }
.brand a { color: inherit; text-decoration: none; }
.facts, .maps { color: var(--soft); font-size: 13px; }
nav { display: flex; flex-wrap: wrap; gap: 8px 20px; margin: 16px 0; }
.summary {
    display: flex;
    flex-wrap: wrap;
    gap: 8px 24px;
    margin: 20px 0;
    padding: 0;
    list-style: none;
}
.summary b { font-size: 20px; font-variant-numeric: tabular-nums; }
details {
    background: var(--surface);
    border: 1px solid var(--line);
    border-bottom: 0;
    padding: 0 16px;
}
h2 + details { border-radius: 8px 8px 0 0; }
details:has(+ h2) { border-bottom: 1px solid var(--line); border-radius: 0 0 8px 8px; }
details[open] { padding-bottom: 16px; }
summary {
    display: flex;
    align-items: baseline;
    gap: 12px;
    padding: 10px 0;
    cursor: pointer;
    list-style: none;
}
summary::-webkit-details-marker { display: none; }
.id { flex: 0 0 36px; color: var(--soft); font-variant-numeric: tabular-nums; }
.title { flex: 1; }
.mark { font-size: 13px; font-weight: 600; color: var(--soft); white-space: nowrap; }
.mark.holds { color: var(--good); }
.mark.broken { color: var(--bad); }
.mark.no_evidence, .mark.partly { color: var(--warn); }
blockquote {
    margin: 4px 0 12px;
    padding-left: 12px;
    border-left: 3px solid var(--line);
    color: var(--soft);
}
ul { margin: 0; padding-left: 20px; }
code, pre { font: 13px/1.5 "JetBrains Mono", ui-monospace, monospace; }
pre {
    overflow-x: auto;
    padding: 12px;
    background: var(--surface);
    border: 1px solid var(--line);
    border-radius: 8px;
}
.wide { overflow-x: auto; }
table { width: 100%; border-collapse: collapse; font-size: 13px; background: var(--surface); }
th, td { padding: 8px; border: 1px solid var(--line); text-align: left; vertical-align: top; }
dt { font-weight: 600; }
dd { margin: 0 0 8px; color: var(--soft); }
@media (max-width: 480px) {
    summary { flex-wrap: wrap; gap: 2px 12px; }
    .title { flex: 1 1 70%; }
    .mark { flex: 1 0 100%; padding-left: 48px; }
}
)css";

} // namespace

std::string_view style_sheet() { return sheet; }

} // namespace atalaya::trust
