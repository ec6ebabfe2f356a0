// Takes a JSON object of a bundle apart, member by member.
//
// Pure; one thread. Like base's Reader it never throws on what does not fit: it turns `ok` false,
// which several objects share, gives an empty value, and the caller asks once at the end. finish()
// refuses members that nobody asked for. Private to this room.
#pragma once

#include "audit/encoding.hpp"
#include "shape/json.hpp"

namespace atalaya::audit {

class Members {
  public:
    /// Borrows both.
    Members(const shape::Json& json, bool& ok);

    std::string text(std::string_view name);
    std::int64_t integer(std::string_view name, std::int64_t min, std::int64_t max);
    Uuid uuid(std::string_view name);
    /// In the one form that to_rfc3339 writes.
    Time time(std::string_view name);
    Bytes base64(std::string_view name);
    Hash base64_hash(std::string_view name);
    Hash hex_hash(std::string_view name);
    Members object(std::string_view name);
    const shape::Array& array(std::string_view name);

    void fail() { ok_ = false; }
    void finish();

    static Bytes base64_of(const shape::Json& json, bool& ok);
    static Hash hash_of(const Bytes& bytes, bool& ok);

  private:
    const shape::Json& take(std::string_view name);

    const shape::Json& json_;
    bool& ok_;
    std::size_t taken_ = 0;
};

} // namespace atalaya::audit
