// What PostgreSQL refused, for code that knows what it means: `catch (const db::Error& e)` and
// compare constraint() to turn a violated constraint into a Problem.
//
// Failures with one meaning everywhere never come as this type but as Problem: a full disk, a
// timeout, no connection. The texts hold names of database objects only; PostgreSQL's DETAIL, which
// quotes values, is dropped.
#pragma once

#include <exception>
#include <string>
#include <string_view>

namespace atalaya::db {

class Error : public std::exception {
  public:
    Error(std::string sqlstate, std::string constraint, std::string statement, std::string message);

    const std::string& sqlstate() const { return sqlstate_; }
    /// Empty when no constraint was violated.
    const std::string& constraint() const { return constraint_; }
    const std::string& statement() const { return statement_; }
    const char* what() const noexcept override { return what_.c_str(); }

    bool is_unique_violation() const { return sqlstate_ == "23505"; }
    bool is_foreign_key_violation() const { return sqlstate_ == "23503"; }
    /// True when the transaction lost a race and may simply run again: serialization, deadlock,
    /// audit head moved.
    bool is_lost_race() const;
    /// True when the connection or the server went away, or became a standby.
    bool is_connection_lost() const;

  private:
    std::string sqlstate_, constraint_, statement_, what_;
};

} // namespace atalaya::db
