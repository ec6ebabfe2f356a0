#include "server/modules.hpp"

#include "api_key_sql.hpp"
#include "api_sql.hpp"
#include "audit_log_sql.hpp"
#include "audit_sql.hpp"
#include "config/config.hpp"
#include "dashboard_sql.hpp"
#include "db_sql.hpp"
#include "erasure_sql.hpp"
#include "identity_sql.hpp"
#include "mailed_link_sql.hpp"
#include "metrics_sql.hpp"
#include "modules/account/account.hpp"
#include "modules/api_key/api_key.hpp"
#include "modules/audit_log/audit_log.hpp"
#include "modules/dashboard/dashboard.hpp"
#include "modules/erasure/erasure.hpp"
#include "modules/identity/identity.hpp"
#include "modules/ingest/ingest.hpp"
#include "modules/mailed_link/mailed_link.hpp"
#include "modules/meta/meta.hpp"
#include "modules/metrics/metrics.hpp"
#include "modules/metrics/retention.hpp"
#include "modules/notification/notification.hpp"
#include "modules/operator_desk/operator_desk.hpp"
#include "modules/second_factor/second_factor.hpp"
#include "modules/server/server.hpp"
#include "modules/single_sign_on/single_sign_on.hpp"
#include "modules/team/team.hpp"
#include "modules/trust/incident.hpp"
#include "modules/trust/trust.hpp"
#include "notification_sql.hpp"
#include "operator_desk_sql.hpp"
#include "outbox_sql.hpp"
#include "second_factor_sql.hpp"
#include "server_sql.hpp"
#include "single_sign_on_sql.hpp"
#include "team_sql.hpp"
#include "telemetry_sql.hpp"
#include "trust_sql.hpp"

#include <array>

namespace atalaya::server_program {

db::MigrationLists migrations() {
    return {sql::db::migrations,
            sql::audit::migrations,
            sql::telemetry::migrations,
            sql::identity::migrations,
            sql::outbox::migrations,
            sql::mailed_link::migrations,
            sql::second_factor::migrations,
            sql::team::migrations,
            sql::api::migrations,
            sql::server::migrations,
            sql::api_key::migrations,
            sql::audit_log::migrations,
            sql::operator_desk::migrations,
            sql::notification::migrations,
            sql::single_sign_on::migrations,
            sql::erasure::migrations,
            sql::trust::migrations,
            sql::dashboard::migrations,
            sql::metrics::migrations};
}

std::vector<const db::Statement*> statements() {
    std::vector<const db::Statement*> all;
    for (const auto& room :
         {sql::db::statements, sql::telemetry::statements, sql::audit::statements,
          sql::identity::statements, sql::outbox::statements, sql::mailed_link::statements,
          sql::second_factor::statements, sql::team::statements, sql::api::statements,
          sql::server::statements, sql::api_key::statements, sql::audit_log::statements,
          sql::operator_desk::statements, sql::notification::statements,
          sql::single_sign_on::statements, sql::erasure::statements, sql::trust::statements,
          sql::dashboard::statements, sql::metrics::statements})
        all.insert(all.end(), room.begin(), room.end());
    return all;
}

void add_endpoints(api::Router& router) {
    router.add("", metrics::endpoints());
    for (const auto& module : {meta::endpoints(),
                               account::endpoints(),
                               mailed_link::endpoints(),
                               second_factor::endpoints(),
                               team::endpoints(),
                               server::endpoints(),
                               api_key::endpoints(),
                               audit_log::endpoints(),
                               audit_log::stream_endpoints(),
                               audit_log::witness_endpoints(),
                               operator_desk::endpoints(),
                               notification::endpoints(),
                               single_sign_on::endpoints(),
                               erasure::endpoints(),
                               trust::endpoints(),
                               trust::text_endpoints(),
                               trust::incident_endpoints(),
                               metrics::team_endpoints(),
                               metrics::retention_endpoints(),
                               dashboard::endpoints()})
        router.add("/api/v1", module);
    router.add("", ingest::endpoints());
}

api::IdentitySource identity_source(keyring::Keyring& keyring, const Clock& clock,
                                    const config::Config& config) {
    const auto idle_max = std::chrono::hours(24) * config.session.idle_days;
    api::IdentitySource source;
    source.find_session = [&keyring, &clock, idle_max](db::Connection& connection,
                                                       const crypto::Hash& hash) {
        return identity::find_session(keyring, clock, idle_max, connection, hash);
    };
    source.find_agent = [](db::Connection& connection, const crypto::Hash& hash) {
        return server::find_agent(connection, hash);
    };
    source.find_key = [&keyring](db::Connection& connection, const std::string& public_id) {
        return api_key::find_key(keyring, connection, public_id);
    };
    source.is_key_origin = [](db::Connection& connection, const crypto::Hash& index) {
        return api_key::is_origin(connection, index);
    };
    source.note_key_use = [&keyring](db::Connection& connection, const api::KeyIdentity& key,
                                     const std::string& address) {
        api_key::note_use(keyring, connection, key, address);
    };
    return source;
}

} // namespace atalaya::server_program
