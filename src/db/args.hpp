// Named arguments of a statement: `Args{{"id", id}, {"note", note}}`.
//
// Values; they own what they hold. Tx binds them by name and refuses (LogicFault) a name that the
// statement lacks as well as a parameter that got no value, so that two swapped arguments cannot
// pass unseen.
#pragma once

#include "base/ids.hpp"
#include "base/time.hpp"

#include <array>
#include <concepts>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace atalaya::db {

/// One argument in the form in which it goes over the wire. Numbers, truth values and text go as
/// text, so that the same int64 fits int2, int4 and int8; uuid, bytea, timestamptz and arrays go
/// binary. Arrays bind to uuid[], text[], int8[], float8[] and bytea[].
class Value {
  public:
    Value(bool value) : data_(value ? "t" : "f") {}
    template <std::integral Integer>
    Value(Integer value) : data_(std::to_string(value)) {}
    Value(double value);
    Value(const char* text) : data_(text) {}
    Value(std::string_view text) : data_(text) {}
    Value(std::string text) : data_(std::move(text)) {}
    Value(BytesView bytes) : data_(as_text(bytes)), binary_(true) {}
    Value(const Bytes& bytes) : Value(BytesView(bytes)) {}
    template <std::size_t Size>
    Value(const std::array<std::uint8_t, Size>& bytes) : Value(BytesView(bytes)) {}
    Value(const Uuid& id) : Value(BytesView(id.bytes)) {}
    Value(Time time);
    Value(const std::vector<Uuid>& ids);
    Value(const std::vector<std::string>& texts);
    Value(const std::vector<std::int64_t>& numbers);
    Value(const std::vector<double>& numbers);
    Value(const std::vector<Bytes>& blobs);
    template <class Tag>
    Value(const std::vector<Id<Tag>>& ids) : Value(std::vector<Uuid>(ids.begin(), ids.end())) {}
    Value(std::nullopt_t) : null_(true) {}
    template <class T>
    Value(const std::optional<T>& value) : Value(value ? Value(*value) : Value(std::nullopt)) {}

    bool is_null() const { return null_; }
    bool is_binary() const { return binary_; }
    const std::string& data() const { return data_; }

  private:
    std::string data_;
    bool binary_ = false;
    bool null_ = false;
};

struct Arg {
    std::string_view name; ///< a literal
    Value value;
};

class Args {
  public:
    Args() = default;
    Args(std::initializer_list<Arg> args) : args_(args) {}

    Args& add(std::string_view name, Value value) {
        args_.push_back({name, std::move(value)});
        return *this;
    }
    const std::vector<Arg>& all() const { return args_; }

  private:
    std::vector<Arg> args_;
};

} // namespace atalaya::db
