#include "base/problems.hpp"
#include "base/text.hpp"
#include "db/error.hpp"
#include "modules/identity/identity.hpp"
#include "modules/trust/text.hpp"
#include "modules/trust/trust.hpp"
#include "shape/complete.hpp"
#include "trust_sql.hpp"

#include <algorithm>
#include <charconv>

namespace atalaya::trust {

struct NewText {
    std::string content;
};

/// What an operator changes, as the record keeps it: the words themselves are public and stay.
struct TextMark {
    std::int64_t version = 0;
    std::string sha256;
};

struct Acceptance {
    std::int64_t version = 0;
    std::string sha256;
};

/// The agreement as it is now, and what of it the team has accepted.
struct Agreement {
    std::int64_t version = 0;
    std::string sha256;
    std::optional<Time> published_at;
    std::string content;
    bool is_accepted = false; ///< this very one
    std::optional<std::int64_t> accepted_version;
    std::optional<std::string> accepted_sha256;
    std::optional<Time> accepted_at;
    std::optional<std::string> accepted_by;
    std::optional<std::int64_t> issued_version; ///< when the team was made
    std::optional<std::string> issued_sha256;
};

namespace {

using access::Permission;
using api::Audience;
using api::endpoint;
using api::team_endpoint;
using api::Verb;
using shape::field;
using shape::names_every_member;

constexpr std::array text_fields{
    field<&PublicText::kind>("kind", "What it is about: roles, subprocessors, agreement, "
                                     "compliance, acknowledgements or roadmap."),
    field<&PublicText::title>("title", "The same in words."),
    field<&PublicText::revision>("revision", "Version; 0 is what the program brings."),
    field<&PublicText::published_at>("published_at", "Since when; null for version 0."),
    field<&PublicText::sha256>("sha256", "Of the content, in hex."),
    field<&PublicText::content>("content", "Paragraphs, divided by an empty line."),
};
static_assert(names_every_member<PublicText>(text_fields));

constexpr std::array new_fields{
    field<&NewText::content>("content", "Paragraphs, divided by an empty line.",
                             shape::length(1, 50'000)),
};
static_assert(names_every_member<NewText>(new_fields));

constexpr std::array mark_fields{
    field<&TextMark::version>("version", "Which one."),
    field<&TextMark::sha256>("sha256", "Of its content."),
};
static_assert(names_every_member<TextMark>(mark_fields));

constexpr std::array acceptance_fields{
    field<&Acceptance::version>("version", "The version that was read."),
    field<&Acceptance::sha256>("sha256", "Of its content, in hex.", shape::length(64, 64)),
};
static_assert(names_every_member<Acceptance>(acceptance_fields));

constexpr std::array agreement_fields{
    field<&Agreement::version>("version", "Version; 0 is what the program brings."),
    field<&Agreement::sha256>("sha256", "Of the content, in hex."),
    field<&Agreement::published_at>("published_at", "Since when; null for version 0."),
    field<&Agreement::content>("content", "Paragraphs, divided by an empty line."),
    field<&Agreement::is_accepted>("is_accepted", "Whether the team accepted this one."),
    field<&Agreement::accepted_version>("accepted_version", "What the team accepted last."),
    field<&Agreement::accepted_sha256>("accepted_sha256", "Of that one's content."),
    field<&Agreement::accepted_at>("accepted_at", "When."),
    field<&Agreement::accepted_by>("accepted_by", "Who; null once that person is not known here."),
    field<&Agreement::issued_version>("issued_version", "Under which the team was made; null for "
                                                        "teams that are older than this."),
    field<&Agreement::issued_sha256>("issued_sha256", "Of that one's content."),
};
static_assert(names_every_member<Agreement>(agreement_fields));

} // namespace
} // namespace atalaya::trust

namespace atalaya::shape {
const Shape Described<trust::PublicText>::shape{"PublicText", trust::text_fields};
template <>
struct Described<trust::NewText> {
    static const Shape shape;
};
const Shape Described<trust::NewText>::shape{"NewPublicText", trust::new_fields};
template <>
struct Described<trust::TextMark> {
    static const Shape shape;
};
const Shape Described<trust::TextMark>::shape{"PublicTextMark", trust::mark_fields};
template <>
struct Described<trust::Acceptance> {
    static const Shape shape;
};
const Shape Described<trust::Acceptance>::shape{"AgreementAcceptance", trust::acceptance_fields};
template <>
struct Described<trust::Agreement> {
    static const Shape shape;
};
const Shape Described<trust::Agreement>::shape{"Agreement", trust::agreement_fields};
} // namespace atalaya::shape

namespace atalaya::trust {
namespace {

TextKind kind_of_path(const api::Call& call) {
    const auto kind = shape::parse_enum<TextKind>(call.path().text("kind"));
    if (!kind)
        throw Problem(problems::not_found);
    return *kind;
}

PublicText get_newest(api::Call& call, TextKind kind) {
    const db::Scope own = call.tx.scope();
    call.tx.enter({platform_team, own.actor});
    Texts texts = list_texts(call.tx);
    call.tx.enter(own);
    const auto found = std::find_if(texts.begin(), texts.end(),
                                    [&](const PublicText& one) { return one.kind == kind; });
    CHECK_REQUEST(found != texts.end());
    return *found;
}

api::Page<PublicText> list(api::Call& call) { return {list_texts(call.tx), std::nullopt}; }

PublicText get_version(api::Call& call) {
    const TextKind kind = kind_of_path(call);
    const std::string& text = call.path().text("version");
    std::int64_t version = -1;
    const auto parsed = std::from_chars(text.data(), text.data() + text.size(), version);
    if (parsed.ec != std::errc() || parsed.ptr != text.data() + text.size())
        throw Problem(problems::not_found);
    for (PublicText& one : built_in_texts()) {
        if (version == 0 && one.kind == kind)
            return std::move(one);
    }
    const auto row = call.tx.query_optional(
        sql::trust::find_text, {{"kind", shape::enum_name(kind)}, {"version", version}});
    if (!row)
        throw Problem(problems::not_found);
    return read_text(*row);
}

PublicText publish(api::Call& call, const NewText& in) {
    const PublicText before = get_newest(call, kind_of_path(call));
    call.check_revision(before.revision);
    try {
        const PublicText after = read_text(call.tx.query_one(
            sql::trust::insert_text, {{"kind", shape::enum_name(before.kind)},
                                      {"version", before.revision + 1},
                                      {"content", std::string(trim(in.content))}}));
        call.record("public_text.publish", "public_text", Uuid{},
                    shape::changes(TextMark{before.revision, before.sha256},
                                   TextMark{after.revision, after.sha256}),
                    after.title);
        return after;
    } catch (const db::Error& error) {
        if (error.is_unique_violation())
            throw Problem(problems::stale_revision);
        throw;
    }
}

Agreement to_agreement(api::Call& call, const PublicText& text) {
    Agreement out;
    out.version = text.revision;
    out.sha256 = text.sha256;
    out.published_at = text.published_at;
    out.content = text.content;
    if (const auto issued =
            call.tx.query_optional(sql::trust::find_issue, {{"team_id", call.team()}})) {
        out.issued_version = issued->get<std::int64_t>("version");
        out.issued_sha256 = issued->get<std::string>("sha256");
    }
    const auto row =
        call.tx.query_optional(sql::trust::list_acceptances, {{"team_id", call.team()}});
    if (!row)
        return out;
    const auto user = row->get<UserId>("accepted_by");
    out.accepted_version = row->get<std::int64_t>("version");
    out.accepted_sha256 = row->get<std::string>("sha256");
    out.accepted_at = row->get<Time>("accepted_at");
    out.is_accepted = *out.accepted_version == out.version && *out.accepted_sha256 == out.sha256;
    const auto people = identity::list_people(call, {user});
    if (const auto person = people.find(user); person != people.end())
        out.accepted_by = person->second.name;
    return out;
}

Agreement get_agreement(api::Call& call) {
    return to_agreement(call, get_newest(call, TextKind::agreement));
}

Agreement accept(api::Call& call, const Acceptance& in) {
    const PublicText now = get_newest(call, TextKind::agreement);
    if (in.version != now.revision || in.sha256 != now.sha256) {
        throw Problem(problems::conflict)
            .detail("This is not the agreement as it is now. Read it again.");
    }
    const Agreement before = to_agreement(call, now);
    if (before.is_accepted)
        return before;
    call.tx.query(sql::trust::insert_acceptance, {{"team_id", call.team()},
                                                  {"version", in.version},
                                                  {"sha256", in.sha256},
                                                  {"accepted_by", call.caller().user}});
    call.record("agreement.accept", "agreement", Uuid{}, shape::all_added(in), now.title);
    return to_agreement(call, now);
}

/// As a file, to be kept: the words under which the team was made.
net::Response download_issued(api::Call& call) {
    const auto row = call.tx.query_optional(sql::trust::find_issue, {{"team_id", call.team()}});
    if (!row)
        throw Problem(problems::not_found);
    net::Response response;
    response.headers = {
        {"Content-Type", "text/plain; charset=utf-8"},
        {"Cache-Control", "no-store"},
        {"Content-Disposition", "attachment; filename=\"agreement-" +
                                    std::to_string(row->get<std::int64_t>("version")) + ".txt\""}};
    response.body = row->get<std::string>("content") + "\n";
    return response;
}

constexpr std::array table{
    endpoint<list>(Verb::get, "/trust/texts", Audience::anyone, std::nullopt,
                   "What the operators say in their own words, the newest of each kind."),
    endpoint<get_version>(Verb::get, "/trust/texts/{kind}/{version}", Audience::anyone,
                          std::nullopt, "One version of such a text."),
    endpoint<publish>(Verb::put, "/admin/texts/{kind}", Audience::operator_only, std::nullopt,
                      "Publish a new version of a text; the older ones stay.")
        .with_revision()
        .with_step_up(),
    team_endpoint<get_agreement>(Verb::get, "/teams/{team}/agreement", Permission::team_read,
                                 "The agreement on data processing, and whether the team has "
                                 "accepted it."),
    team_endpoint<download_issued>(Verb::get, "/teams/{team}/agreement/issued",
                                   Permission::team_read,
                                   "The agreement as it was when the team was made, as a file.")
        .with_answer(200, "text/plain"),
    team_endpoint<accept>(Verb::post, "/teams/{team}/agreement", Permission::team_transfer,
                          "Accept it for the team, on the record."),
};

} // namespace

std::vector<std::pair<std::string, std::string>> issue_agreement(api::Call& call) {
    const PublicText now = get_newest(call, TextKind::agreement);
    call.tx.query(sql::trust::insert_issue, {{"team_id", call.tx.scope().team},
                                             {"version", now.revision},
                                             {"sha256", now.sha256},
                                             {"content", now.content}});
    return {{"agreement", std::to_string(now.revision)}, {"agreement_sha256", now.sha256}};
}

std::span<const api::Endpoint> text_endpoints() { return table; }

} // namespace atalaya::trust
