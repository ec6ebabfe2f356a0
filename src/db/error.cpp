#include "db/error.hpp"

#include <algorithm>
#include <array>

namespace atalaya::db {

Error::Error(std::string sqlstate, std::string constraint, std::string statement,
             std::string message)
    : sqlstate_(std::move(sqlstate)),
      constraint_(std::move(constraint)),
      statement_(std::move(statement)) {
    // The primary text of a data exception (class 22) quotes the value.
    what_ = statement_ + ": " + sqlstate_;
    if (!sqlstate_.starts_with("22"))
        what_ += " " + message;
}

bool Error::is_lost_race() const {
    // Serialization failure, deadlock, and aud.append's "the head has moved".
    static constexpr std::array<std::string_view, 4> races{"40001", "40P01", "AT001", "AT003"};
    return std::find(races.begin(), races.end(), sqlstate_) != races.end();
}

bool Error::is_connection_lost() const {
    // read_only_sql_transaction: the host was the primary when we connected.
    return sqlstate_.starts_with("08") || sqlstate_.starts_with("57P0") || sqlstate_ == "25006";
}

} // namespace atalaya::db
