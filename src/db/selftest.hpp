// Whether the walls between teams stand, asked of the database itself before anything is served.
//
// On a connection of the role atalaya_app, on any thread. A breach is data, and one is enough to
// refuse to serve. What the database refuses to be asked at all comes as db::Error or Problem.
#pragma once

#include "base/random.hpp"
#include "db/connection.hpp"

#include <string>
#include <vector>

namespace atalaya::db {

struct Breach {
    std::string rule;   ///< stable: "team_id-nullable"
    std::string object; ///< what breaks it: "app.servers"

    bool operator==(const Breach&) const = default;
};

/// Reads the catalogue: every rule of selftest.sql.
std::vector<Breach> check_catalogue(Connection& connection);
/// Acts: plants a row for each of two teams that do not exist, tries every way across, and rolls
/// back.
std::vector<Breach> probe_isolation(Connection& connection, Random& random);
/// Both.
std::vector<Breach> run_selftest(Connection& connection, Random& random);

} // namespace atalaya::db
