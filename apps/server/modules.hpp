// The list of everything that the server is made of. A new module gets its lines in modules.cpp;
// nothing registers itself.
#pragma once

#include "api/identities.hpp"
#include "api/router.hpp"
#include "db/migrate.hpp"

namespace atalaya::config {
struct Config;
}

namespace atalaya::server_program {

/// In the order in which they build on each other.
db::MigrationLists migrations();
/// Every statement of the server, for the check against the schema.
std::vector<const db::Statement*> statements();
void add_endpoints(api::Router& router);
/// The look-ups behind tokens.
api::IdentitySource identity_source(keyring::Keyring& keyring, const Clock& clock,
                                    const config::Config& config);

} // namespace atalaya::server_program
