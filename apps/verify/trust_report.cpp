#include "verify/trust_report.hpp"

#include "audit/note.hpp"
#include "base/text.hpp"
#include "shape/json.hpp"

#include <cstdio>
#include <fstream>
#include <map>
#include <sstream>

namespace atalaya::verify {
namespace {

constexpr int good = 0;
constexpr int unreadable = 2;
constexpr int bad_signature = 40;
constexpr std::size_t report_bytes_max = std::size_t{4} << 20;
constexpr std::string_view first_line = "atalaya trust report v1\n";

constexpr const char* usage =
    "usage: atalaya-verify trust FILE --vkey KEY\n"
    "\n"
    "  FILE         what /trust/report of an installation gave\n"
    "  --vkey KEY   its key, as its Trust page shows it; get it by another way than the file\n"
    "\n"
    "exit code: 0 signed by that key, 40 not, 2 unreadable or usage\n";

int refuse(const std::string& reason) {
    std::fprintf(stderr, "atalaya-verify: %s\n", reason.c_str());
    return unreadable;
}

std::string text_of(const shape::Json& json, std::string_view name) {
    const shape::Json* member = json.find(name);
    return member && member->if_string() ? *member->if_string() : "";
}

void print_summary(const shape::Json& report) {
    std::map<std::string, int> states;
    if (const shape::Json* controls = report.find("controls"); controls && controls->if_array()) {
        for (const shape::Json& control : *controls->if_array())
            ++states[text_of(control, "state")];
    }
    std::printf("valid; %s, version %s, made at %s:", text_of(report, "instance").c_str(),
                text_of(report, "version").c_str(), text_of(report, "at").c_str());
    for (const auto& [state, number] : states)
        std::printf(" %s %d", state.c_str(), number);
    std::printf("\n");
}

} // namespace

int run_trust(int argc, char** argv) {
    if (argc != 5 || std::string_view(argv[3]) != "--vkey") {
        std::fputs(usage, stderr);
        return unreadable;
    }
    const auto key = audit::parse_vkey(argv[4]);
    if (!key)
        return refuse("this is no key: " + key.error().reason);
    std::ifstream in(argv[2], std::ios::binary);
    std::string text(report_bytes_max + 1, '\0');
    in.read(text.data(), static_cast<std::streamsize>(text.size()));
    text.resize(static_cast<std::size_t>(in.gcount()));
    if (text.empty() || text.size() > report_bytes_max)
        return refuse("the file cannot be read, or is no report");
    const auto note = audit::parse_note(text, report_bytes_max);
    if (!note || !note->text.starts_with(first_line))
        return refuse("the file is no report of a Trust page");
    if (!audit::is_signed_by(*key, *note)) {
        std::printf("not signed by %s, or altered since\n", key->name.c_str());
        return bad_signature;
    }
    const auto report =
        shape::parse_json(trim(std::string_view(note->text).substr(first_line.size())));
    if (!report)
        return refuse("the report is no JSON");
    print_summary(*report);
    return good;
}

} // namespace atalaya::verify
