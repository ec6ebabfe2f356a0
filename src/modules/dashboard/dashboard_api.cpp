#include "base/text.hpp"
#include "modules/dashboard/dashboard.hpp"
#include "modules/dashboard/grafana.hpp"
#include "shape/complete.hpp"

namespace atalaya::dashboard {

/// What may be changed, and a word about it.
struct Change {
    std::string name;
    std::optional<std::string> description;
    Body body;
    std::optional<std::string> note;
};

struct ImportRequest {
    shape::Json grafana;
    std::optional<bool> dry_run;
};

struct Import {
    std::string name;
    std::optional<std::string> description;
    Body body;
    std::vector<LeftOut> left_out;
    std::optional<DashboardId> dashboard;
};

namespace {

using access::Permission;
using api::team_endpoint;
using api::Verb;
using shape::field;
using shape::length;

constexpr std::array change_fields{
    field<&Change::name>("name", "Shown in lists.", length(1, 120)),
    field<&Change::description>("description", "What it is for.", length(0, 4000)),
    field<&Change::body>("body", "What it shows; always as a whole."),
    field<&Change::note>("note", "What was changed; kept with the new version.", length(0, 1000)),
};
static_assert(shape::names_every_member<Change>(change_fields));

constexpr std::array import_request_fields{
    field<&ImportRequest::grafana>("grafana", "A Grafana dashboard's JSON, or what Grafana's API "
                                              "wraps around one."),
    field<&ImportRequest::dry_run>("dry_run", "True: says what it would be, and makes nothing."),
};
static_assert(shape::names_every_member<ImportRequest>(import_request_fields));

constexpr std::array import_fields{
    field<&Import::name>("name", "The dashboard's."),
    field<&Import::description>("description", "The dashboard's."),
    field<&Import::body>("body", "What was made of it."),
    field<&Import::left_out>("left_out", "What was not taken over."),
    field<&Import::dashboard>("dashboard", "The new dashboard; null if none was made."),
};
static_assert(shape::names_every_member<Import>(import_fields));

} // namespace
} // namespace atalaya::dashboard

namespace atalaya::shape {
template <>
struct Described<dashboard::Change> {
    static const Shape shape;
};
const Shape Described<dashboard::Change>::shape{"DashboardChange", dashboard::change_fields};
template <>
struct Described<dashboard::ImportRequest> {
    static const Shape shape;
};
const Shape Described<dashboard::ImportRequest>::shape{"DashboardImportRequest",
                                                       dashboard::import_request_fields};
template <>
struct Described<dashboard::Import> {
    static const Shape shape;
};
const Shape Described<dashboard::Import>::shape{"DashboardImport", dashboard::import_fields};
} // namespace atalaya::shape

namespace atalaya::dashboard {
namespace {

DashboardId dashboard_of(const api::Call& call) { return call.path().id<DashboardId>("dashboard"); }

std::int64_t version_of(const api::Call& call) {
    const auto version = parse_integer(call.path().text("version"));
    if (!version)
        throw Problem(problems::not_found);
    return *version;
}

constexpr api::Listing listing{
    {"name", "updated_at", "created_at", "deleted_at", "panel_count"}, "name", {}};
constexpr std::array list_parameters{
    api::Parameter{"deleted", "`true` lists the trash instead."},
};
constexpr api::Listing version_listing{{"version", "at"}, "-version", {}, "version"};

api::Page<Summary> list(api::Call& call) {
    const std::string deleted = call.query().find_text("deleted").value_or("false");
    if (deleted != "true" && deleted != "false")
        throw Problem(problems::invalid).at("?deleted", "choice", "Use true or false.");
    return api::list_from(list_dashboards(call, deleted == "true"), call.query(), listing);
}

api::Created<Dashboard> create(api::Call& call, const Content& content) {
    check_body(content.body);
    return {insert_dashboard(call, content, "dashboard.create")};
}

Dashboard get(api::Call& call) { return get_dashboard(call, dashboard_of(call)); }

Dashboard update(api::Call& call, const shape::Patch<Change>& patch) {
    const Dashboard before = get_dashboard(call, dashboard_of(call));
    call.check_revision(before.revision);
    Change change{before.name, before.description, before.body, {}};
    patch.apply_to(change);
    check_body(change.body);
    const Content after{change.name, change.description, change.body};
    return update_dashboard(call, before, after, change.note, "dashboard.update");
}

api::NoContent remove(api::Call& call) {
    const Dashboard dashboard = get_dashboard(call, dashboard_of(call));
    call.check_revision(dashboard.revision);
    dashboard::move_to_trash(call, dashboard);
    return {};
}

Dashboard restore(api::Call& call) { return take_from_trash(call, dashboard_of(call)); }

api::Page<VersionSummary> versions(api::Call& call) {
    const Dashboard dashboard = get_dashboard(call, dashboard_of(call));
    return api::list_from(list_versions(call, dashboard.id), call.query(), version_listing);
}

Version version(api::Call& call) {
    const Dashboard dashboard = get_dashboard(call, dashboard_of(call));
    return get_version(call, dashboard.id, version_of(call));
}

Dashboard restore_version(api::Call& call) {
    const Dashboard before = get_dashboard(call, dashboard_of(call));
    call.check_revision(before.revision);
    const Version older = get_version(call, before.id, version_of(call));
    const std::string note = "Version " + std::to_string(older.version) + " restored";
    return update_dashboard(call, before, older.content(), note, "dashboard.version_restore");
}

Import import_grafana(api::Call& call, const ImportRequest& request) {
    auto made = convert_grafana(request.grafana);
    if (!made) {
        throw Problem(problems::invalid)
            .at("/grafana", "grafana", "The document is " + made.error().reason + ".");
    }
    const Content& content = made->content;
    check_body(content.body);
    Import out{content.name, content.description, content.body, std::move(made->left_out), {}};
    if (!request.dry_run.value_or(false))
        out.dashboard = insert_dashboard(call, content, "dashboard.import").id;
    return out;
}

constexpr std::array table{
    team_endpoint<list>(Verb::get, "/teams/{team}/dashboards", Permission::dashboards_read,
                        "The team's dashboards.")
        .with_listing(listing)
        .with_parameters(list_parameters),
    team_endpoint<create>(Verb::post, "/teams/{team}/dashboards", Permission::dashboards_write,
                          "Make a dashboard."),
    team_endpoint<import_grafana>(
        Verb::post, "/teams/{team}/dashboards/import", Permission::dashboards_write,
        "Make a dashboard of a Grafana dashboard, and say what is left out."),
    team_endpoint<get>(Verb::get, "/teams/{team}/dashboards/{dashboard}",
                       Permission::dashboards_read, "One dashboard, in its newest version."),
    team_endpoint<update>(Verb::patch, "/teams/{team}/dashboards/{dashboard}",
                          Permission::dashboards_write,
                          "Change a dashboard; what it was stays as a version.")
        .with_revision(),
    team_endpoint<remove>(Verb::del, "/teams/{team}/dashboards/{dashboard}",
                          Permission::dashboards_write,
                          "Put a dashboard into the trash, where it stays for 7 days.")
        .with_revision(),
    team_endpoint<restore>(Verb::post, "/teams/{team}/dashboards/{dashboard}/restore",
                           Permission::dashboards_write, "Take a dashboard out of the trash."),
    team_endpoint<versions>(Verb::get, "/teams/{team}/dashboards/{dashboard}/versions",
                            Permission::dashboards_read, "Its versions.")
        .with_listing(version_listing),
    team_endpoint<version>(Verb::get, "/teams/{team}/dashboards/{dashboard}/versions/{version}",
                           Permission::dashboards_read, "One version, as it was."),
    team_endpoint<restore_version>(
        Verb::post, "/teams/{team}/dashboards/{dashboard}/versions/{version}/restore",
        Permission::dashboards_write, "Make an older version the newest one, under a new number.")
        .with_revision(),
};

} // namespace

std::span<const api::Endpoint> endpoints() { return table; }

} // namespace atalaya::dashboard
