// A plain connection that runs SQL as it is given: for bootstrap, migrations and tests. The
// program's own work goes through Tx, never through this.
//
// Used by the thread that made it. Throws db::Error.
#pragma once

#include "base/bytes.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

struct pg_conn;

namespace atalaya::db {

class ScriptSession {
  public:
    ScriptSession(const std::string& server, std::string_view database, std::string_view role);
    ~ScriptSession();
    ScriptSession(const ScriptSession&) = delete;
    ScriptSession& operator=(const ScriptSession&) = delete;

    /// Any number of statements; without BEGIN in them they are one transaction.
    void run(std::string_view sql);
    /// The first column of the first row as text; nullopt for no row or NULL.
    std::optional<std::string> value(std::string_view sql,
                                     const std::vector<std::string>& params = {});
    /// One statement with binary parameters.
    void run_with(std::string_view sql, const std::vector<BytesView>& params);
    /// Why the server refuses to prepare it, or nothing.
    std::optional<std::string> find_prepare_fault(std::string_view sql);

    bool is_in_transaction() const;
    std::string quoted_name(std::string_view name) const;

  private:
    pg_conn* conn_;
};

} // namespace atalaya::db
