// How every promise stands here and now: the catalogue of the program beside what the checks of
// this installation saw. Values; any thread.
#pragma once

#include "base/secret.hpp"
#include "controls/control.hpp"
#include "modules/trust/watch.hpp"
#include "shape/engine.hpp"

namespace atalaya::trust {

/// holds: every check of it ran, lately, and held. broken: one did not hold when it last ran.
/// by_design: kept, and tests are the evidence, for no check of it runs or one of them is not
/// there or too old. no_evidence: kept, they say, with neither. partly, not_yet, not_pursued: as
/// the catalogue says.
enum class State : std::uint8_t {
    holds,
    broken,
    partly,
    by_design,
    no_evidence,
    not_yet,
    not_pursued
};

struct CheckView {
    std::string name;
    std::string question;
    std::int64_t every_s = 0;
    std::optional<bool> holds; ///< null: never ran here
    std::optional<Time> at;
    bool fresh = false;
    std::optional<Time> since;
    std::optional<Time> last_held_at;
    std::int64_t runs = 0;
    std::int64_t failures = 0;
    std::optional<std::string> detail;
};

struct ControlView {
    std::string id;
    std::string title;
    std::string claim;
    State state = State::no_evidence;
    std::string how;
    std::string checking;
    std::string gaps;
    std::vector<std::string> checks;
    std::vector<std::string> tests;
    std::vector<std::string> maps;
};

/// Which version of a text was public.
struct TextView {
    std::string kind;
    std::int64_t revision = 0;
    std::string sha256;
};

struct Report {
    std::string instance; ///< its address, as the operator set it
    std::string version;
    Time at;
    std::vector<ControlView> controls;
    std::vector<CheckView> checks;
    std::vector<TextView> texts;
};

/// A proof older than so many intervals of its check is none.
inline constexpr int fresh_intervals = 3;

/// How a promise stands at a time, by what its checks, of those that there are, saw.
State state_of(const controls::Control& control, std::span<const Check> checks,
               const Standings& standings, Time at);

/// `checks` as they run here.
Report make_report(const Standings& standings, std::span<const Check> checks, const Texts& texts,
                   std::string instance, Time at);

/// The report as a signed note (C2SP): a first line that says what it is, the report as one line of
/// JSON, and a signature of the installation's own key.
std::string sign_report(const Report& report, const Secret& seed);
/// The key with which others check it, as C2SP writes them.
std::string report_vkey(const Secret& seed, const std::string& instance);

inline constexpr std::string_view report_first_line = "atalaya trust report v1";

} // namespace atalaya::trust

namespace atalaya::shape {
template <>
struct EnumNames<trust::State> {
    using State = trust::State;
    static constexpr std::array<std::pair<State, std::string_view>, 7> names{
        {{State::holds, "holds"},
         {State::broken, "broken"},
         {State::partly, "partly"},
         {State::by_design, "by_design"},
         {State::no_evidence, "no_evidence"},
         {State::not_yet, "not_yet"},
         {State::not_pursued, "not_pursued"}}};
};
template <>
struct Described<trust::CheckView> {
    static const Shape shape;
};
template <>
struct Described<trust::ControlView> {
    static const Shape shape;
};
template <>
struct Described<trust::TextView> {
    static const Shape shape;
};
template <>
struct Described<trust::Report> {
    static const Shape shape;
};
} // namespace atalaya::shape
