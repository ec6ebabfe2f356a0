// Dashboards of a team: what they show, every version of it, and the trash.
//
// Functions run in the caller's transaction, in the team's scope. What a person wrote lies sealed
// under the team's key, in versions that are only ever added to; the newest one's number is the
// dashboard's revision.
#pragma once

#include "api/endpoint.hpp"
#include "modules/dashboard/body.hpp"

namespace atalaya::dashboard {

using DashboardId = Id<struct DashboardTag>;

/// Who wrote a version. The name is absent once the person was erased.
struct Author {
    UserId id;
    std::optional<std::string> name;
};

/// A row of the list.
struct Summary {
    DashboardId id;
    std::int64_t revision = 0;
    std::string name;
    std::optional<std::string> description;
    std::int64_t panel_count = 0;
    Time created_at;
    Time updated_at;
    Author updated_by;
    std::optional<Time> deleted_at;
    std::optional<Author> deleted_by;
};

struct Dashboard {
    DashboardId id;
    std::int64_t revision = 0;
    std::string name;
    std::optional<std::string> description;
    Time created_at;
    Time updated_at;
    Author updated_by;
    Body body;

    Content content() const { return {name, description, body}; }
};

struct VersionSummary {
    std::int64_t version = 0;
    Time at;
    Author by;
    std::optional<std::string> note;
    std::string name;
    std::int64_t panel_count = 0;
};

struct Version {
    std::int64_t version = 0;
    Time at;
    Author by;
    std::optional<std::string> note;
    std::string name;
    std::optional<std::string> description;
    Body body;

    Content content() const { return {name, description, body}; }
};

std::span<const api::Endpoint> endpoints();

std::vector<Summary> list_dashboards(api::Call& call, bool in_trash);
/// Throws Problem `not_found`, also for what is in the trash.
Dashboard get_dashboard(api::Call& call, DashboardId id);
std::vector<VersionSummary> list_versions(api::Call& call, DashboardId id);
/// Throws Problem `not_found`.
Version get_version(api::Call& call, DashboardId id, std::int64_t version);

/// `action` is what the record calls it. Throws Problem `conflict` when the team has too many.
Dashboard insert_dashboard(api::Call& call, const Content& content, const char* action);
/// Adds a version, unless nothing differs. Throws Problem `stale_revision` when somebody else was
/// faster.
Dashboard update_dashboard(api::Call& call, const Dashboard& before, const Content& after,
                           const std::optional<std::string>& note, const char* action);
/// Throws Problem `stale_revision`.
void move_to_trash(api::Call& call, const Dashboard& dashboard);
/// Throws Problem `not_found` for what is not in the trash.
Dashboard take_from_trash(api::Call& call, DashboardId id);
/// Deletes what has been in the trash since before then, with all versions, on the record.
void purge_trash(api::Call& call, Time before);

} // namespace atalaya::dashboard

namespace atalaya::shape {
template <>
struct Described<dashboard::Author> {
    static const Shape shape;
};
template <>
struct Described<dashboard::Summary> {
    static const Shape shape;
};
template <>
struct Described<dashboard::Dashboard> {
    static const Shape shape;
};
template <>
struct Described<dashboard::VersionSummary> {
    static const Shape shape;
};
template <>
struct Described<dashboard::Version> {
    static const Shape shape;
};
} // namespace atalaya::shape
