#include "base/text.hpp"
#include "modules/trust/trust.hpp"

#include <algorithm>

namespace atalaya::trust {
namespace {

std::string_view label_of(State state) {
    switch (state) {
    case State::holds:
        return "Holds";
    case State::broken:
        return "Broken";
    case State::partly:
        return "Partly";
    case State::by_design:
        return "By design";
    case State::no_evidence:
        return "No evidence";
    case State::not_yet:
        return "Not here yet";
    case State::not_pursued:
        return "Not pursued";
    }
    return "";
}

std::string_view product_of(std::string_view id) {
    switch (id.front()) {
    case 'H':
        return "Fleet: servers, services, domains, metrics, logs";
    case 'A':
        return "Inventory: assets, vendors, people";
    case 'T':
        return "Edge: sites, appliances, isolation";
    case 'M':
        return "Uptime: monitors, probes, status pages";
    case 'L':
        return "Activity: what people did";
    default:
        return "Beyond";
    }
}

std::string mark(State state) {
    return "<span class=\"mark " + std::string(shape::enum_name(state)) + "\">" +
           std::string(label_of(state)) + "</span>";
}

/// Escaped text; what stands in backticks becomes code.
std::string inline_text(std::string_view text) {
    std::string out;
    bool code = false;
    for (const std::string_view piece : split(text, '`')) {
        out += code ? "<code>" + escape_html(piece) + "</code>" : escape_html(piece);
        code = !code;
    }
    return out;
}

std::string paragraphs(std::string_view text) {
    std::string out;
    while (!text.empty()) {
        const auto end = std::min(text.find("\n\n"), text.size());
        out += "<p>" + inline_text(trim(text.substr(0, end))) + "</p>\n";
        text = trim(text.substr(end));
    }
    return out;
}

std::string time_element(Time at) {
    const std::string text = to_rfc3339(at);
    return "<time datetime=\"" + text + "\">" + text.substr(0, 10) + " " + text.substr(11, 5) +
           " UTC</time>";
}

const CheckView* find_check(const Report& report, std::string_view name) {
    const auto found = std::find_if(report.checks.begin(), report.checks.end(),
                                    [&](const CheckView& check) { return check.name == name; });
    return found == report.checks.end() ? nullptr : &*found;
}

std::string evidence_of_check(const Report& report, const std::string& name) {
    const CheckView* check = find_check(report, name);
    if (!check || !check->holds)
        return "<li><code>" + escape_html(name) + "</code>: has not run here yet.</li>\n";
    std::string out = "<li><code>" + escape_html(name) + "</code>: " +
                      (*check->holds ? "held at " : "<strong>did not hold</strong> at ") +
                      time_element(*check->at) + ". " + inline_text(*check->detail);
    if (!*check->holds && check->last_held_at)
        out += " It last held at " + time_element(*check->last_held_at) + ".";
    if (!check->fresh)
        out += " That is too long ago to show anything of today.";
    return out + " " + std::to_string(check->runs) + " runs, " + std::to_string(check->failures) +
           " of them without success.</li>\n";
}

std::string evidence(const Report& report, const ControlView& control) {
    std::string out = "<h4>Evidence</h4>\n<ul>\n";
    for (const std::string& name : control.checks)
        out += evidence_of_check(report, name);
    for (const std::string& test : control.tests)
        out += "<li>Test <code>" + escape_html(test) + "</code></li>\n";
    if (control.checks.empty() && control.tests.empty())
        out += "<li>No evidence.</li>\n";
    return out + "</ul>\n";
}

std::string control_section(const Report& report, const ControlView& control) {
    const std::string id = escape_html(control.id);
    std::string out = "<details id=\"" + id + "\"><summary><span class=\"id\">" + id +
                      "</span><span class=\"title\">" + escape_html(control.title) + "</span>" +
                      mark(control.state) + "</summary>\n<blockquote>" + paragraphs(control.claim) +
                      "</blockquote>\n";
    if (!control.how.empty())
        out += "<h4>How it is kept</h4>\n" + paragraphs(control.how);
    if (!control.checking.empty())
        out += "<h4>How it is checked</h4>\n" + paragraphs(control.checking);
    if (control.state != State::not_yet && control.state != State::not_pursued)
        out += evidence(report, control);
    if (!control.gaps.empty())
        out += "<h4>What is not covered</h4>\n" + paragraphs(control.gaps);
    if (!control.maps.empty()) {
        out += "<p class=\"maps\">Helps to meet: ";
        for (const std::string& map : control.maps)
            out += (&map == &control.maps.front() ? "" : " · ") + escape_html(map);
        out += "</p>\n";
    }
    return out + "</details>\n";
}

std::string summary(const Report& report) {
    std::string out = "<ul class=\"summary\">\n";
    for (const State state : {State::holds, State::by_design, State::partly, State::broken,
                              State::no_evidence, State::not_yet, State::not_pursued}) {
        const auto number =
            std::count_if(report.controls.begin(), report.controls.end(),
                          [&](const ControlView& control) { return control.state == state; });
        if (number > 0 || state == State::broken)
            out += "<li><b>" + std::to_string(number) + "</b> " + mark(state) + "</li>\n";
    }
    return out + "</ul>\n";
}

std::string check_table(const Report& report) {
    std::string out = "<div class=\"wide\" tabindex=\"0\" role=\"region\" aria-label=\"Checks\">"
                      "<table><thead><tr><th>Check</th><th>It looks whether</th><th>Result</th>"
                      "<th>Last run</th><th>What it saw</th></tr></thead><tbody>\n";
    for (const CheckView& check : report.checks) {
        out += "<tr><th scope=\"row\"><code>" + escape_html(check.name) + "</code></th><td>" +
               escape_html(check.question) + "</td><td>";
        if (check.holds)
            out += mark(!*check.holds ? State::broken
                        : check.fresh ? State::holds
                                      : State::no_evidence) +
                   "</td><td>" + time_element(*check.at) + "</td><td>" + inline_text(*check.detail);
        else
            out += mark(State::no_evidence) + "</td><td>never</td><td>";
        out += "</td></tr>\n";
    }
    return out + "</tbody></table></div>\n";
}

std::string operators_words(const Texts& texts) {
    std::string out = "<h2>In the operators' words</h2>\n";
    for (const PublicText& text : texts) {
        const std::string kind(shape::enum_name(text.kind));
        out += "<details id=\"" + kind + "\"><summary><span class=\"title\">" +
               escape_html(text.title) + "</span></summary>\n" + paragraphs(text.content) +
               "<p class=\"maps\">Version " + std::to_string(text.revision) +
               (text.published_at ? ", published at " + time_element(*text.published_at)
                                  : std::string(", which the program brings")) +
               " · SHA-256 <code>" + text.sha256 + "</code> · <a href=\"/trust/text/" + kind +
               "\">Download</a></p>\n</details>\n";
    }
    return out;
}

constexpr std::string_view states_explained =
    "<dl>\n"
    "<dt>Holds</dt><dd>every check of it ran here lately, and held</dd>\n"
    "<dt>By design</dt><dd>the code keeps it; the evidence is tests of the project named in its "
    "entry. It has no check, or one of them has not run here lately</dd>\n"
    "<dt>Partly</dt><dd>some of it is there; its entry says what lacks</dd>\n"
    "<dt>Broken</dt><dd>a check did not hold when it last ran</dd>\n"
    "<dt>No evidence</dt><dd>it is said to be kept, and nothing here shows it</dd>\n"
    "<dt>Not here yet, not pursued</dt><dd>nothing is claimed</dd>\n"
    "</dl>\n";

} // namespace

std::string render(const Report& report, const Texts& texts, std::string_view vkey) {
    std::string out =
        "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
        "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
        "<title>Trust · Atalaya</title>\n"
        "<link rel=\"icon\" href=\"/favicon.svg\" type=\"image/svg+xml\">\n"
        "<link rel=\"stylesheet\" href=\"/trust/style.css\">\n</head>\n<body>\n<main>\n"
        "<header><p class=\"brand\"><a href=\"/\">Atalaya</a></p>\n<h1>Trust</h1>\n"
        "<p>What this installation promises, and what shows that it is kept. The checks run here, "
        "again and again; what they have not seen is not called proved.</p>\n";
    out += summary(report);
    out += "<p class=\"facts\">" + escape_html(report.instance) + " · version " +
           escape_html(report.version) + " · drawn at " + time_element(report.at) + "</p>\n" +
           "</header>\n<nav aria-label=\"Evidence\"><a href=\"/trust/report\">Signed report</a> "
           "<a href=\"/api/v1/trust\">As JSON</a> "
           "<a href=\"/.well-known/security.txt\">Report a weakness</a></nav>\n";
    out += operators_words(texts);
    std::string_view product;
    for (const ControlView& control : report.controls) {
        if (product_of(control.id) != product) {
            product = product_of(control.id);
            out += "<h2>" + std::string(product) + "</h2>\n";
        }
        out += control_section(report, control);
    }
    out +=
        "<h2>Checks</h2>\n" + check_table(report) + "<h2>How to read this</h2>\n" +
        std::string(states_explained) +
        "<p>The signed report is a note with an Ed25519 signature. "
        "<code>atalaya-verify trust FILE --vkey KEY</code> says whether it is unaltered, on any "
        "machine. Its key:</p>\n<pre tabindex=\"0\">" +
        escape_html(vkey) +
        "</pre>\n<p>A report shows what the program saw. It cannot show that this installation "
        "runs the program that was published.</p>\n"
        "<p>Nobody has certified this installation. Which requirements of others a control helps "
        "to meet is our own reading.</p>\n</main>\n</body>\n</html>\n";
    return out;
}

} // namespace atalaya::trust
