#include "modules/trust/report.hpp"

#include "audit/note.hpp"
#include "controls/control.hpp"
#include "shape/complete.hpp"

#include <algorithm>

namespace atalaya::trust {
namespace {

using shape::field;
using shape::names_every_member;

constexpr std::array check_fields{
    field<&CheckView::name>("name", "As the controls name it."),
    field<&CheckView::question>("question", "It looks whether …"),
    field<&CheckView::every_s>("every_s", "How often it is meant to run, in seconds."),
    field<&CheckView::holds>("holds", "What it found; null when it never ran here."),
    field<&CheckView::at>("at", "When it last ran."),
    field<&CheckView::fresh>("fresh", "Whether that is at most three times its interval ago."),
    field<&CheckView::since>("since", "How long it has been so."),
    field<&CheckView::last_held_at>("last_held_at", "When it last held."),
    field<&CheckView::runs>("runs", "How often it ran."),
    field<&CheckView::failures>("failures", "How often it did not hold."),
    field<&CheckView::detail>("detail", "What it saw."),
};
static_assert(names_every_member<CheckView>(check_fields));

constexpr std::array control_fields{
    field<&ControlView::id>("id", "Of the promise."),
    field<&ControlView::title>("title", "In a few words."),
    field<&ControlView::claim>("claim", "The promise."),
    field<&ControlView::state>("state", "holds, broken, partly, by_design, no_evidence, not_yet or "
                                        "not_pursued."),
    field<&ControlView::how>("how", "How it is kept."),
    field<&ControlView::checking>("checking", "How it is checked."),
    field<&ControlView::gaps>("gaps", "What is not covered."),
    field<&ControlView::checks>("checks", "Checks that run here."),
    field<&ControlView::tests>("tests", "Tests of the project named in its entry."),
    field<&ControlView::maps>("maps", "Requirements of others that it helps to meet."),
};
static_assert(names_every_member<ControlView>(control_fields));

constexpr std::array text_fields{
    field<&TextView::kind>("kind", "What it is about."),
    field<&TextView::revision>("revision", "Version; 0 is what the program brings."),
    field<&TextView::sha256>("sha256", "Of its content, in hex."),
};
static_assert(names_every_member<TextView>(text_fields));

constexpr std::array report_fields{
    field<&Report::instance>("instance", "Where."),
    field<&Report::version>("version", "Of the program."),
    field<&Report::at>("at", "When the report was made."),
    field<&Report::controls>("controls", "Every promise."),
    field<&Report::checks>("checks", "Every check that this version knows."),
    field<&Report::texts>("texts", "What the operators said then, in their own words."),
};
static_assert(names_every_member<Report>(report_fields));

std::vector<std::string> to_strings(std::span<const std::string_view> views) {
    return {views.begin(), views.end()};
}

/// A proof is as old as that at most; later it shows nothing of today.
bool is_fresh(const Check& check, const Standing& standing, Time at) {
    return at - standing.at <= fresh_intervals * check.interval;
}

CheckView to_view(const Check& check, const Standings& standings, Time at) {
    CheckView view;
    view.name = check.name;
    view.question = check.question;
    view.every_s = check.interval.count();
    const auto standing = standings.find(check.name);
    if (standing == standings.end())
        return view;
    view.holds = standing->second.holds;
    view.at = standing->second.at;
    view.fresh = is_fresh(check, standing->second, at);
    view.since = standing->second.since;
    view.last_held_at = standing->second.last_held_at;
    view.runs = standing->second.runs;
    view.failures = standing->second.failures;
    view.detail = standing->second.detail;
    return view;
}

/// What the checks of a control show together.
enum class Shown : std::uint8_t { all_of_it, less, the_contrary };

Shown judge(const controls::Control& control, std::span<const Check> checks,
            const Standings& standings, Time at) {
    Shown shown = control.checks.empty() ? Shown::less : Shown::all_of_it;
    for (const std::string_view name : control.checks) {
        const auto check = std::find_if(checks.begin(), checks.end(),
                                        [&](const Check& one) { return one.name == name; });
        const auto standing = standings.find(name);
        if (standing != standings.end() && !standing->second.holds)
            return Shown::the_contrary;
        if (check == checks.end() || standing == standings.end() ||
            !is_fresh(*check, standing->second, at))
            shown = Shown::less;
    }
    return shown;
}

audit::NoteKey note_key(const Secret& seed, const std::string& instance) {
    audit::NoteKey key;
    key.name = instance + "/trust";
    std::replace_if(
        key.name.begin(), key.name.end(), [](char c) { return c == '+' || c == ' '; }, '-');
    key.key = crypto::ed25519_public_key(seed);
    return key;
}

} // namespace

State state_of(const controls::Control& control, std::span<const Check> checks,
               const Standings& standings, Time at) {
    if (control.state == "not yet")
        return State::not_yet;
    if (control.state == "not pursued")
        return State::not_pursued;
    const Shown shown = judge(control, checks, standings, at);
    if (shown == Shown::the_contrary)
        return State::broken;
    if (control.state == "partly")
        return State::partly;
    if (shown == Shown::all_of_it)
        return State::holds;
    return control.tests.empty() ? State::no_evidence : State::by_design;
}

Report make_report(const Standings& standings, std::span<const Check> checks, const Texts& texts,
                   std::string instance, Time at) {
    Report report;
    report.instance = std::move(instance);
    report.version = ATALAYA_VERSION;
    report.at = at;
    for (const controls::Control& control : controls::list_controls()) {
        report.controls.push_back(
            {std::string(control.id), std::string(control.title), std::string(control.claim),
             state_of(control, checks, standings, at), std::string(control.how),
             std::string(control.checking), std::string(control.gaps), to_strings(control.checks),
             to_strings(control.tests), to_strings(control.maps)});
    }
    for (const Check& check : checks)
        report.checks.push_back(to_view(check, standings, at));
    for (const PublicText& text : texts)
        report.texts.push_back(
            {std::string(shape::enum_name(text.kind)), text.revision, text.sha256});
    return report;
}

std::string sign_report(const Report& report, const Secret& seed) {
    audit::Note note;
    note.text = std::string(report_first_line) + "\n" +
                shape::write_json(shape::object_to_json(shape::Described<Report>::shape, &report)) +
                "\n";
    note.signatures = {audit::sign_note(note_key(seed, report.instance), seed, note.text)};
    return audit::to_text(note);
}

std::string report_vkey(const Secret& seed, const std::string& instance) {
    return audit::to_vkey(note_key(seed, instance));
}

} // namespace atalaya::trust

namespace atalaya::shape {
const Shape Described<trust::CheckView>::shape{"TrustCheck", trust::check_fields};
const Shape Described<trust::ControlView>::shape{"TrustControl", trust::control_fields};
const Shape Described<trust::TextView>::shape{"TrustText", trust::text_fields};
const Shape Described<trust::Report>::shape{"TrustReport", trust::report_fields};
} // namespace atalaya::shape
