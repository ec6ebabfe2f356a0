// What tools/embed_sql.py makes of the `.sql` files: statements and migrations as constants.
// Static storage; any thread.
#pragma once

#include <span>
#include <string_view>

namespace atalaya::db {

/// One named statement of a room's `.sql` file. Its `$name` placeholders are numbered in `text`, in
/// the order of `params`. The name is unique in the program and is the name of the prepared
/// statement.
struct Statement {
    std::string_view name; ///< "server.find_server"
    std::string_view text;
    std::span<const std::string_view> params;
    bool writes = false;
    bool owes_event = false; ///< writes what is audited: the transaction must put it on the record
};

/// One file of a room's `migrations/` folder. Never changes once released.
struct Migration {
    std::string_view name; ///< "db.0001_walls"
    std::string_view text;
    std::string_view sha256; ///< of the file, in hex
};

} // namespace atalaya::db
