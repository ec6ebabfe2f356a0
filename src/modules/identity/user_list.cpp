#include "modules/identity/user_list.hpp"

#include "base/problem.hpp"
#include "base/text.hpp"
#include "crypto/password.hpp"
#include "shape/complete.hpp"
#include "shape/engine.hpp"

#include <map>

namespace atalaya::identity {
namespace {

using shape::field;
using shape::length;

constexpr std::array draft_fields{
    field<&UserDraft::email>("email", "E-mail address.", shape::email_address()),
    field<&UserDraft::name>("name", "Full name.", length(1, 200)),
    field<&UserDraft::hash>("hash", "The verifier of the password.", length(1, 400)),
};
static_assert(shape::names_every_member<UserDraft>(draft_fields));

/// The cells of one line (RFC 4180, without line breaks inside quotes); nullopt for a stray quote.
std::optional<std::vector<std::string>> parse_cells(std::string_view line) {
    std::vector<std::string> cells(1);
    bool quoted = false, was_quoted = false;
    for (std::size_t i = 0; i < line.size(); ++i) {
        const char c = line[i];
        if (quoted && c == '"' && i + 1 < line.size() && line[i + 1] == '"') {
            cells.back() += c;
            ++i;
        } else if (c == '"') {
            if (!quoted && (was_quoted || !cells.back().empty()))
                return std::nullopt;
            quoted = !quoted;
            was_quoted = true;
        } else if (c == ',' && !quoted) {
            cells.emplace_back();
            was_quoted = false;
        } else if (was_quoted && !quoted) {
            return std::nullopt;
        } else {
            cells.back() += c;
        }
    }
    return quoted ? std::nullopt : std::optional(std::move(cells));
}

std::string describe(const Problem& problem) {
    std::string out;
    for (const Violation& violation : problem.violations())
        out += (out.empty() ? "" : "; ") + violation.pointer.substr(1) + ": " + violation.detail;
    return out.empty() ? problem.detail() : out;
}

/// The line as JSON; throws Problem `invalid` or gives nullopt for what is neither.
std::optional<shape::Json> to_json(std::string_view line, const std::vector<std::string>& header) {
    if (header.empty()) {
        auto parsed = shape::parse_json(line);
        return parsed ? std::optional(std::move(parsed.value())) : std::nullopt;
    }
    const auto cells = parse_cells(line);
    if (!cells || cells->size() != header.size())
        return std::nullopt;
    shape::Json json = shape::Object{};
    for (std::size_t i = 0; i < header.size(); ++i)
        json.set(header[i], std::string(trim((*cells)[i])));
    return json;
}

void read_line(ListedUser& user, std::string_view line, const std::vector<std::string>& header) {
    try {
        const auto json = to_json(line, header);
        if (!json) {
            user.fault = header.empty() ? "is not a JSON object"
                                        : "has not as many columns as the header, or a stray quote";
            return;
        }
        user.draft = shape::decode<UserDraft>(*json);
    } catch (const Problem& problem) {
        user.fault = describe(problem);
        return;
    }
    if (!crypto::is_foreign_verifier(user.draft.hash))
        user.fault = "hash: only $2b$ of bcrypt at cost 10 to 13 and Django's pbkdf2_sha256$ of "
                     "100000 to 1000000 rounds can be imported";
}

} // namespace

std::vector<ListedUser> parse_user_list(std::string_view text) {
    std::vector<ListedUser> users;
    std::vector<std::string> header;
    std::map<std::string, int> first_lines;
    int number = 0;
    bool begun = false;
    for (std::string_view line : split(text, '\n')) {
        ++number;
        line = trim(line);
        if (line.empty())
            continue;
        if (!std::exchange(begun, true) && !line.starts_with('{')) {
            header = parse_cells(to_lower(line)).value_or(std::vector<std::string>{""});
            continue;
        }
        ListedUser user;
        user.line = number;
        read_line(user, line, header);
        if (user.fault.empty()) {
            const auto [known, fresh] = first_lines.emplace(to_lower(user.draft.email), number);
            if (!fresh)
                user.fault = "the address stands in line " + std::to_string(known->second) + " too";
        }
        users.push_back(std::move(user));
    }
    return users;
}

} // namespace atalaya::identity

namespace atalaya::shape {
const Shape Described<identity::UserDraft>::shape{"UserDraft", identity::draft_fields};
} // namespace atalaya::shape
