// The command line of the offline verifier: what a bundle is worth, without server and database.
#include "audit/bundle_check.hpp"
#include "base/text.hpp"
#include "crypto/timestamp.hpp"
#include "shape/json.hpp"
#include "verify/trust_report.hpp"
#include "verify/witness.hpp"

#include <cstdio>
#include <exception>
#include <fstream>
#include <iterator>
#include <string>
#include <string_view>

namespace {

using namespace atalaya;

constexpr const char* usage =
    "usage: atalaya-verify BUNDLE [--head RECEIPT] [--checkpoint FILE] [--vkey KEY]\n"
    "                      [--witness KEY] [--tsa-ca FILE] [--json]\n"
    "       atalaya-verify trust FILE --vkey KEY\n"
    "       atalaya-verify witness --key FILE --state DIR --listen ADDRESS:PORT --log KEY...\n"
    "\n"
    "  BUNDLE           a file of POST /api/v1/teams/{team}/audit/bundle\n"
    "  --head RECEIPT   what the server once sent as Audit-Receipt; may stand several times\n"
    "  --checkpoint FILE   signed checkpoints that were kept elsewhere\n"
    "  --vkey KEY       the signer's key, known from elsewhere; without it those of the bundle "
    "count\n"
    "  --witness KEY    a witness's key: it must have signed a checkpoint\n"
    "  --tsa-ca FILE    certificates (PEM) of timestamp authorities: one of them must have "
    "stamped\n"
    "                   a checkpoint\n"
    "  --json           say it as JSON\n"
    "\n"
    "exit code: 0 valid, 10 valid with erasures, 20 truncated, 30 altered, 31 two signed\n"
    "checkpoints contradict each other, 40 bad signature, 2 unreadable or usage\n";

constexpr std::size_t bundle_bytes_max = std::size_t{256} << 20;

struct CommandLine {
    std::string file;
    audit::Known known;
    bool json = false;
    std::string fault;
};

Result<Bytes> read_file(const std::string& name) {
    std::ifstream in(name, std::ios::binary | std::ios::ate);
    const auto size = in ? static_cast<std::streamoff>(in.tellg()) : -1;
    if (size < 0)
        return ParseError{"the file cannot be read"};
    if (static_cast<std::size_t>(size) > bundle_bytes_max)
        return ParseError{"the file is too long for a bundle"};
    in.seekg(0);
    Bytes out(static_cast<std::size_t>(size));
    if (!in.read(reinterpret_cast<char*>(out.data()), size))
        return ParseError{"the file cannot be read"};
    return out;
}

/// Appends what was parsed, or says why it could not be.
template <class Parsed, class Into>
void take(CommandLine& line, Parsed parsed, Into& into) {
    if (parsed)
        into.insert(into.end(), parsed->begin(), parsed->end());
    else
        line.fault = parsed.error().reason;
}

void take_value(CommandLine& line, std::string_view name, const std::string& value) {
    if (name == "--head")
        return take(line, audit::parse_receipts(value), line.known.receipts);
    if (name == "--vkey")
        return take(line, audit::parse_keys(value + "\n"), line.known.keys);
    if (name == "--witness")
        return take(line, audit::parse_keys(value + "\n"), line.known.witnesses);
    const auto bytes = read_file(value);
    if (!bytes)
        line.fault = value + ": " + bytes.error().reason;
    else if (name == "--tsa-ca" && !crypto::holds_certificate(as_text(*bytes)))
        line.fault = value + ": there is no certificate in it";
    else if (name == "--tsa-ca")
        line.known.authorities += as_text(*bytes);
    else
        take(line, audit::parse_notes(as_text(*bytes)), line.known.checkpoints);
}

CommandLine parse(int argc, char** argv) {
    CommandLine out;
    for (int i = 1; i < argc && out.fault.empty(); ++i) {
        const std::string_view word = argv[i];
        const bool has_value = word == "--head" || word == "--vkey" || word == "--witness" ||
                               word == "--checkpoint" || word == "--tsa-ca";
        if (word == "--json")
            out.json = true;
        else if (has_value && i + 1 < argc)
            take_value(out, word, argv[++i]);
        else if (word.starts_with("--") || !out.file.empty())
            out.fault = "do not know what to do with " + std::string(word);
        else
            out.file = word;
    }
    if (out.fault.empty() && out.file.empty())
        out.fault = "no bundle was named";
    return out;
}

struct Finding {
    audit::BundleReport report;
    std::optional<audit::Bundle> bundle;
    bool is_stamp_proven = false;
};

Finding examine(const CommandLine& line) {
    const auto unreadable = [](const ParseError& error) {
        return Finding{{.verdict = audit::Verdict::unreadable, .reason = error.reason}, {}};
    };
    const auto bytes = read_file(line.file);
    if (!bytes)
        return unreadable(bytes.error());
    auto bundle = audit::parse_bundle(*bytes);
    if (!bundle)
        return unreadable(bundle.error());
    auto report = audit::check_bundle(*bundle, line.known);
    return {std::move(report), std::move(*bundle), !line.known.authorities.empty()};
}

std::string in_words(const Finding& finding) {
    const audit::BundleReport& report = finding.report;
    std::string out(to_string(report.verdict));
    if (report.first_bad)
        out += " at " + std::to_string(*report.first_bad);
    if (!report.reason.empty())
        out += ": " + report.reason;
    if (!finding.bundle || report.verdict == audit::Verdict::unreadable)
        return out;
    const audit::Manifest& manifest = finding.bundle->manifest;
    out += "; chain " + to_string(audit::chain_id(manifest.team, manifest.lane)) + ", " +
           std::to_string(report.checked) + " events from " + std::to_string(manifest.from_seq) +
           ", " + std::to_string(report.erased) + " bodies erased, " +
           std::to_string(report.unopened) + " not disclosed, ";
    out += report.receipts > 0 ? std::to_string(report.receipts) + " receipts held against it"
                               : "no receipt held against it";
    out += report.checkpoints > 0
               ? ", " + std::to_string(report.checkpoints) + " checkpoints, the newest of " +
                     std::to_string(report.signed_size) + " events"
               : ", no checkpoint";
    if (report.stamped_at)
        out += ", the one of " + std::to_string(report.stamped_size) + " events stamped at " +
               to_rfc3339(*report.stamped_at) +
               (finding.is_stamp_proven ? "" : " by an authority that was not checked");
    for (const std::string& name : finding.bundle->other_files)
        out += "; " + name + " was not looked at";
    return out;
}

shape::Json as_json(const Finding& finding) {
    const audit::BundleReport& report = finding.report;
    shape::Json out = shape::json_object(
        {{"verdict", to_string(report.verdict)},
         {"exit_code", static_cast<int>(report.verdict)},
         {"first_bad", report.first_bad ? shape::Json(*report.first_bad) : shape::Json()},
         {"reason", report.reason}});
    if (!finding.bundle)
        return out;
    const audit::Manifest& manifest = finding.bundle->manifest;
    shape::Array other_files;
    for (const std::string& name : finding.bundle->other_files)
        other_files.push_back(name);
    out.set("chain_id", to_string(audit::chain_id(manifest.team, manifest.lane)));
    out.set("lane", manifest.lane);
    out.set("from_seq", manifest.from_seq);
    out.set("to_seq", manifest.to_seq);
    out.set("checked", report.checked);
    out.set("erased", report.erased);
    out.set("unopened", report.unopened);
    out.set("last_seq", report.last_seq);
    out.set("last_hash", to_hex(report.last_hash));
    out.set("receipts", report.receipts);
    out.set("checkpoints", report.checkpoints);
    out.set("signed_size", report.signed_size);
    out.set("stamped_size", report.stamped_size);
    out.set("stamped_at",
            report.stamped_at ? shape::Json(to_rfc3339(*report.stamped_at)) : shape::Json());
    out.set("stamp_proven", report.stamped_at && finding.is_stamp_proven);
    out.set("not_looked_at", std::move(other_files));
    return out;
}

} // namespace

int main(int argc, char** argv) {
    if (argc > 1 && std::string_view(argv[1]) == "trust")
        return verify::run_trust(argc, argv);
    if (argc > 1 && std::string_view(argv[1]) == "witness")
        return verify::run_witness(argc, argv);
    const CommandLine line = parse(argc, argv);
    if (!line.fault.empty()) {
        std::fprintf(stderr, "atalaya-verify: %s\n%s", line.fault.c_str(), usage);
        return 2;
    }
    try {
        const Finding finding = examine(line);
        const std::string said =
            line.json ? shape::write_json(as_json(finding)) : in_words(finding);
        std::puts(said.c_str());
        return static_cast<int>(finding.report.verdict);
    } catch (const std::exception& failure) {
        std::fprintf(stderr, "atalaya-verify: %s\n", failure.what());
        return 2;
    }
}
