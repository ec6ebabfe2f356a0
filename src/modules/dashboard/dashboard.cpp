#include "modules/dashboard/dashboard.hpp"

#include "dashboard_sql.hpp"
#include "keyring/keyring.hpp"
#include "modules/identity/identity.hpp"
#include "shape/complete.hpp"

namespace atalaya::dashboard {

/// The part of a version that lists open.
struct SealedSummary {
    std::string name;
    std::optional<std::string> description;
    std::optional<std::string> note;
    std::int64_t panel_count = 0;
};

namespace {

using shape::field;
using shape::names_every_member;

constexpr std::int64_t dashboards_max = 10'000; ///< of a team, with those in the trash
constexpr int purged_at_once = 100;
constexpr std::string_view summary_purpose = "dashboard.summary";
constexpr std::string_view body_purpose = "dashboard.body";

constexpr std::array sealed_summary_fields{
    field<&SealedSummary::name>("name", "As it was called."),
    field<&SealedSummary::description>("description", "What it is for."),
    field<&SealedSummary::note>("note", "What was changed."),
    field<&SealedSummary::panel_count>("panel_count", "Number of panels."),
};
static_assert(names_every_member<SealedSummary>(sealed_summary_fields));

constexpr std::array author_fields{
    field<&Author::id>("id", "The person."),
    field<&Author::name>("name", "Full name; null once the person was erased."),
};
static_assert(names_every_member<Author>(author_fields));

constexpr std::array summary_fields{
    field<&Summary::id>("id", "The dashboard."),
    field<&Summary::revision>("revision", "The number of its newest version."),
    field<&Summary::name>("name", "What it is called."),
    field<&Summary::description>("description", "What it is for."),
    field<&Summary::panel_count>("panel_count", "Number of panels."),
    field<&Summary::created_at>("created_at", "When it was made."),
    field<&Summary::updated_at>("updated_at", "When the newest version was made."),
    field<&Summary::updated_by>("updated_by", "By whom."),
    field<&Summary::deleted_at>("deleted_at", "In the trash since; it stays there for 7 days."),
    field<&Summary::deleted_by>("deleted_by", "Who put it there."),
};
static_assert(names_every_member<Summary>(summary_fields));

constexpr std::array dashboard_fields{
    field<&Dashboard::id>("id", "The dashboard."),
    field<&Dashboard::revision>("revision", "The number of its newest version, which this is."),
    field<&Dashboard::name>("name", "What it is called."),
    field<&Dashboard::description>("description", "What it is for."),
    field<&Dashboard::created_at>("created_at", "When it was made."),
    field<&Dashboard::updated_at>("updated_at", "When this version was made."),
    field<&Dashboard::updated_by>("updated_by", "By whom."),
    field<&Dashboard::body>("body", "What it shows."),
};
static_assert(names_every_member<Dashboard>(dashboard_fields));

constexpr std::array version_summary_fields{
    field<&VersionSummary::version>("version", "Its number, from 1."),
    field<&VersionSummary::at>("at", "When it was made."),
    field<&VersionSummary::by>("by", "By whom."),
    field<&VersionSummary::note>("note", "What was changed, in the words of who changed it."),
    field<&VersionSummary::name>("name", "What the dashboard was called."),
    field<&VersionSummary::panel_count>("panel_count", "Number of panels."),
};
static_assert(names_every_member<VersionSummary>(version_summary_fields));

constexpr std::array version_fields{
    field<&Version::version>("version", "Its number, from 1."),
    field<&Version::at>("at", "When it was made."),
    field<&Version::by>("by", "By whom."),
    field<&Version::note>("note", "What was changed, in the words of who changed it."),
    field<&Version::name>("name", "What the dashboard was called."),
    field<&Version::description>("description", "What it was for."),
    field<&Version::body>("body", "What it showed."),
};
static_assert(names_every_member<Version>(version_fields));

} // namespace
} // namespace atalaya::dashboard

namespace atalaya::shape {
template <>
struct Described<dashboard::SealedSummary> {
    static const Shape shape;
};
const Shape Described<dashboard::SealedSummary>::shape{"DashboardSealedSummary",
                                                       dashboard::sealed_summary_fields};
const Shape Described<dashboard::Author>::shape{"DashboardAuthor", dashboard::author_fields};
const Shape Described<dashboard::Summary>::shape{"DashboardSummary", dashboard::summary_fields};
const Shape Described<dashboard::Dashboard>::shape{"Dashboard", dashboard::dashboard_fields};
const Shape Described<dashboard::VersionSummary>::shape{"DashboardVersionSummary",
                                                        dashboard::version_summary_fields};
const Shape Described<dashboard::Version>::shape{"DashboardVersion", dashboard::version_fields};
} // namespace atalaya::shape

namespace atalaya::dashboard {
namespace {

template <class T>
Bytes seal(api::Call& call, std::string_view purpose, const Uuid& version_id, const T& value) {
    return call.services.keyring.seal(call.tx.scope().team, purpose, version_id,
                                      as_bytes(shape::write_json(shape::to_json(value))));
}

template <class T>
T open(api::Call& call, std::string_view purpose, const db::Row& row, std::string_view column) {
    const auto plain = call.services.keyring.open_sealed(
        call.tx.scope().team, purpose, row.get<Uuid>("version_id"), row.get<Bytes>(column));
    CHECK_REQUEST(plain.has_value());
    return shape::read_stored<T>(shape::parse_json(as_text(*plain)).value());
}

SealedSummary open_summary(api::Call& call, const db::Row& row) {
    return open<SealedSummary>(call, summary_purpose, row, "summary");
}
Body open_body(api::Call& call, const db::Row& row) {
    return open<Body>(call, body_purpose, row, "body");
}

void name_authors(api::Call& call, const std::vector<Author*>& authors) {
    std::set<UserId> users;
    for (const Author* author : authors)
        users.insert(author->id);
    const auto people = identity::list_people(call, {users.begin(), users.end()});
    for (Author* author : authors) {
        if (const auto person = people.find(author->id); person != people.end())
            author->name = person->second.name;
    }
}

void insert_version(api::Call& call, DashboardId id, std::int64_t version, const Content& content,
                    const std::optional<std::string>& note) {
    const Uuid version_id = call.services.random.uuid();
    const SealedSummary summary{content.name, content.description, note,
                                static_cast<std::int64_t>(content.body.panels.size())};
    call.tx.query(sql::dashboard::insert_version,
                  {{"team_id", call.tx.scope().team},
                   {"id", version_id},
                   {"dashboard_id", id},
                   {"version", version},
                   {"created_by", call.caller().user},
                   {"summary", seal(call, summary_purpose, version_id, summary)},
                   {"body", seal(call, body_purpose, version_id, content.body)}});
}

} // namespace

std::vector<Summary> list_dashboards(api::Call& call, bool in_trash) {
    std::vector<Summary> out;
    for (const db::Row row :
         call.tx.query(sql::dashboard::list_dashboards,
                       {{"team_id", call.tx.scope().team}, {"deleted", in_trash}})) {
        SealedSummary sealed = open_summary(call, row);
        Summary& summary = out.emplace_back();
        summary.id = row.get<DashboardId>("id");
        summary.revision = row.get<std::int64_t>("revision");
        summary.name = std::move(sealed.name);
        summary.description = std::move(sealed.description);
        summary.panel_count = sealed.panel_count;
        summary.created_at = row.get<Time>("created_at");
        summary.updated_at = row.get<Time>("updated_at");
        summary.updated_by.id = row.get<UserId>("updated_by");
        summary.deleted_at = row.get<std::optional<Time>>("deleted_at");
        if (const auto deleted_by = row.get<std::optional<UserId>>("deleted_by"))
            summary.deleted_by = Author{*deleted_by, {}};
    }
    std::vector<Author*> authors;
    for (Summary& summary : out) {
        authors.push_back(&summary.updated_by);
        if (summary.deleted_by)
            authors.push_back(&*summary.deleted_by);
    }
    name_authors(call, authors);
    return out;
}

Dashboard get_dashboard(api::Call& call, DashboardId id) {
    const auto row = call.tx.query_optional(sql::dashboard::find_dashboard,
                                            {{"team_id", call.tx.scope().team}, {"id", id}});
    if (!row)
        throw Problem(problems::not_found);
    SealedSummary sealed = open_summary(call, *row);
    Dashboard dashboard;
    dashboard.id = id;
    dashboard.revision = row->get<std::int64_t>("revision");
    dashboard.name = std::move(sealed.name);
    dashboard.description = std::move(sealed.description);
    dashboard.created_at = row->get<Time>("created_at");
    dashboard.updated_at = row->get<Time>("updated_at");
    dashboard.updated_by.id = row->get<UserId>("updated_by");
    dashboard.body = open_body(call, *row);
    name_authors(call, {&dashboard.updated_by});
    return dashboard;
}

std::vector<VersionSummary> list_versions(api::Call& call, DashboardId id) {
    std::vector<VersionSummary> out;
    for (const db::Row row :
         call.tx.query(sql::dashboard::list_versions,
                       {{"team_id", call.tx.scope().team}, {"dashboard_id", id}})) {
        SealedSummary sealed = open_summary(call, row);
        out.push_back({row.get<std::int64_t>("version"),
                       row.get<Time>("created_at"),
                       {row.get<UserId>("created_by"), {}},
                       std::move(sealed.note),
                       std::move(sealed.name),
                       sealed.panel_count});
    }
    std::vector<Author*> authors;
    for (VersionSummary& version : out)
        authors.push_back(&version.by);
    name_authors(call, authors);
    return out;
}

Version get_version(api::Call& call, DashboardId id, std::int64_t version) {
    const auto row = call.tx.query_optional(
        sql::dashboard::find_version,
        {{"team_id", call.tx.scope().team}, {"dashboard_id", id}, {"version", version}});
    if (!row)
        throw Problem(problems::not_found);
    SealedSummary sealed = open_summary(call, *row);
    Version out{version,
                row->get<Time>("created_at"),
                {row->get<UserId>("created_by"), {}},
                std::move(sealed.note),
                std::move(sealed.name),
                std::move(sealed.description),
                open_body(call, *row)};
    name_authors(call, {&out.by});
    return out;
}

Dashboard insert_dashboard(api::Call& call, const Content& content, const char* action) {
    const TeamId team = call.tx.scope().team;
    const auto count = call.tx.query_one(sql::dashboard::count_dashboards, {{"team_id", team}});
    if (count.get<std::int64_t>("dashboards") >= dashboards_max) {
        throw Problem(problems::conflict)
            .detail("A team has at most 10,000 dashboards, those in the trash among them.");
    }
    const DashboardId id(call.services.random.uuid());
    call.tx.query(sql::dashboard::insert_dashboard, {{"team_id", team}, {"id", id}});
    insert_version(call, id, 1, content, {});
    call.record(action, "dashboard", id, changes(nullptr, content), content.name);
    return get_dashboard(call, id);
}

Dashboard update_dashboard(api::Call& call, const Dashboard& before, const Content& after,
                           const std::optional<std::string>& note, const char* action) {
    const Content was = before.content();
    if (after == was)
        return before;
    const db::Rows advanced = call.tx.query(
        sql::dashboard::advance_dashboard,
        {{"team_id", call.tx.scope().team}, {"id", before.id}, {"revision", before.revision}});
    if (advanced.affected() != 1)
        throw Problem(problems::stale_revision);
    insert_version(call, before.id, before.revision + 1, after, note);
    shape::Json changed = changes(&was, after);
    if (note)
        changed.push(shape::json_object({{"field", "note"}, {"before", {}}, {"after", *note}}));
    call.record(action, "dashboard", before.id, std::move(changed), after.name);
    return get_dashboard(call, before.id);
}

void move_to_trash(api::Call& call, const Dashboard& dashboard) {
    const db::Rows moved =
        call.tx.query(sql::dashboard::move_to_trash, {{"team_id", call.tx.scope().team},
                                                      {"id", dashboard.id},
                                                      {"revision", dashboard.revision},
                                                      {"deleted_by", call.caller().user}});
    if (moved.affected() != 1)
        throw Problem(problems::stale_revision);
    call.record("dashboard.delete", "dashboard", dashboard.id, {}, dashboard.name);
}

Dashboard take_from_trash(api::Call& call, DashboardId id) {
    const db::Rows taken = call.tx.query(sql::dashboard::take_from_trash,
                                         {{"team_id", call.tx.scope().team}, {"id", id}});
    if (taken.affected() != 1)
        throw Problem(problems::not_found);
    Dashboard dashboard = get_dashboard(call, id);
    call.record("dashboard.restore", "dashboard", id, {}, dashboard.name);
    return dashboard;
}

void purge_trash(api::Call& call, Time before) {
    const TeamId team = call.tx.scope().team;
    const db::Rows due =
        call.tx.query(sql::dashboard::list_purgeable,
                      {{"team_id", team}, {"before", before}, {"limit", purged_at_once}});
    for (const db::Row row : due) {
        const auto id = row.get<DashboardId>("id");
        call.tx.query(sql::dashboard::delete_dashboard, {{"team_id", team}, {"id", id}});
        call.record("dashboard.purge", "dashboard", id, {}, open_summary(call, row).name);
    }
}

} // namespace atalaya::dashboard
