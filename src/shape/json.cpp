#include "shape/json.hpp"

#include "base/check.hpp"
#include "base/text.hpp"

#include <boost/json/basic_parser_impl.hpp>
#include <charconv>
#include <cmath>
#include <set>

namespace atalaya::shape {
namespace {

constexpr std::size_t depth_max = 32;

/// Builds the tree from the tokens of Boost.JSON's parser. We build our own because the library's
/// keeps the last of duplicate keys in silence and its doubles are off by one unit in the last
/// place (docs/decisions/0012).
class TreeBuilder {
  public:
    using error_code = boost::system::error_code;
    static constexpr std::size_t max_object_size = 100'000;
    static constexpr std::size_t max_array_size = 1'000'000;
    static constexpr std::size_t max_key_size = 1024;
    static constexpr std::size_t max_string_size = std::size_t{16} << 20;

    bool on_document_begin(error_code&) { return true; }
    bool on_document_end(error_code&) { return true; }
    bool on_object_begin(error_code&) {
        open_.push_back({Json(Object{}), {}, {}});
        return true;
    }
    bool on_object_end(std::size_t, error_code&) { return close(); }
    bool on_array_begin(error_code&) {
        open_.push_back({Json(Array{}), {}, {}});
        return true;
    }
    bool on_array_end(std::size_t, error_code&) { return close(); }
    bool on_key_part(boost::json::string_view part, std::size_t, error_code&) {
        text_.append(part.data(), part.size());
        return true;
    }
    bool on_key(boost::json::string_view part, std::size_t, error_code& error) {
        text_.append(part.data(), part.size());
        Level& level = open_.back();
        if (!level.seen.insert(text_).second) {
            reason_ = "a key stands twice in one object";
            error = boost::json::make_error_code(boost::json::error::syntax);
            return false;
        }
        level.key = std::exchange(text_, {});
        return true;
    }
    bool on_string_part(boost::json::string_view part, std::size_t, error_code&) {
        text_.append(part.data(), part.size());
        return true;
    }
    bool on_string(boost::json::string_view part, std::size_t, error_code&) {
        text_.append(part.data(), part.size());
        return put(Json(std::exchange(text_, {})));
    }
    bool on_number_part(boost::json::string_view part, error_code&) {
        text_.append(part.data(), part.size());
        return true;
    }
    bool on_int64(std::int64_t value, boost::json::string_view, error_code&) {
        text_.clear();
        return put(Json(value));
    }
    bool on_uint64(std::uint64_t value, boost::json::string_view, error_code&) {
        text_.clear();
        return put(Json(static_cast<double>(value)));
    }
    bool on_double(double, boost::json::string_view part, error_code& error) {
        text_.append(part.data(), part.size());
        double value{};
        const auto [end, failure] =
            std::from_chars(text_.data(), text_.data() + text_.size(), value);
        if (failure != std::errc{} || end != text_.data() + text_.size()) {
            reason_ = "a number is out of range";
            error = boost::json::make_error_code(boost::json::error::syntax);
            return false;
        }
        text_.clear();
        return put(Json(value));
    }
    bool on_bool(bool value, error_code&) { return put(Json(value)); }
    bool on_null(error_code&) { return put(Json()); }
    bool on_comment_part(boost::json::string_view, error_code&) { return true; }
    bool on_comment(boost::json::string_view, error_code&) { return true; }

    Json take() { return std::move(root_); }
    const std::string& reason() const { return reason_; }

  private:
    struct Level {
        Json value;
        std::string key;
        std::set<std::string> seen;
    };
    bool close() {
        Json done = std::move(open_.back().value);
        open_.pop_back();
        return put(std::move(done));
    }
    bool put(Json value) {
        if (open_.empty()) {
            root_ = std::move(value);
        } else if (Array* array = open_.back().value.if_array()) {
            array->push_back(std::move(value));
        } else {
            open_.back().value.if_object()->push_back(
                {std::move(open_.back().key), std::move(value)});
        }
        return true;
    }

    std::vector<Level> open_;
    std::string text_;
    std::string reason_;
    Json root_;
};

template <class T>
void write_number(std::string& out, T value) {
    char digits[32];
    const auto end = std::to_chars(digits, digits + sizeof digits, value).ptr;
    out.append(digits, end);
}

void write_value(std::string& out, const Json& value) {
    if (const auto* flag = value.if_bool()) {
        out += *flag ? "true" : "false";
    } else if (const auto* integer = value.if_integer()) {
        write_number(out, *integer);
    } else if (const auto* number = value.if_double(); number && std::isfinite(*number)) {
        write_number(out, *number);
    } else if (const auto* text = value.if_string()) {
        append_json_string(out, *text);
    } else if (const auto* array = value.if_array()) {
        out += '[';
        for (const Json& element : *array) {
            if (&element != array->data())
                out += ',';
            write_value(out, element);
        }
        out += ']';
    } else if (const auto* object = value.if_object()) {
        out += '{';
        for (const Member& member : *object) {
            if (&member != object->data())
                out += ',';
            append_json_string(out, member.name);
            out += ':';
            write_value(out, member.value);
        }
        out += '}';
    } else {
        out += "null";
    }
}

} // namespace

void append_json_string(std::string& out, std::string_view text) {
    constexpr std::string_view digits = "0123456789abcdef";
    out += '"';
    for (const char c : text) {
        switch (c) {
        case '"':
            out += "\\\"";
            break;
        case '\\':
            out += "\\\\";
            break;
        case '\n':
            out += "\\n";
            break;
        case '\r':
            out += "\\r";
            break;
        case '\t':
            out += "\\t";
            break;
        default:
            if (static_cast<unsigned char>(c) < 0x20) {
                out += "\\u00";
                out += digits[static_cast<unsigned char>(c) >> 4];
                out += digits[static_cast<unsigned char>(c) & 15];
            } else {
                out += c;
            }
        }
    }
    out += '"';
}

Json::Json(Array value) : value_(std::move(value)) {}
Json::Json(Object value) : value_(std::move(value)) {}

const Json* Json::find(std::string_view name) const {
    if (const Object* object = if_object()) {
        for (const Member& member : *object) {
            if (member.name == name)
                return &member.value;
        }
    }
    return nullptr;
}

Json& Json::set(std::string_view name, Json value) {
    if (is_null())
        value_ = Object{};
    Object* object = if_object();
    CHECK_REQUEST(object != nullptr);
    for (Member& member : *object) {
        if (member.name == name) {
            member.value = std::move(value);
            return *this;
        }
    }
    object->push_back({std::string(name), std::move(value)});
    return *this;
}

Json& Json::push(Json value) {
    if (is_null())
        value_ = Array{};
    Array* array = if_array();
    CHECK_REQUEST(array != nullptr);
    array->push_back(std::move(value));
    return *this;
}

bool Json::operator==(const Json& other) const { return value_ == other.value_; }

Json json_object(std::initializer_list<Member> members) { return Json(Object(members)); }

Result<Json> parse_json(std::string_view text) {
    boost::json::parse_options options;
    options.max_depth = depth_max;
    boost::json::basic_parser<TreeBuilder> parser(options);
    boost::system::error_code error;
    const std::size_t read = parser.write_some(false, text.data(), text.size(), error);
    if (error) {
        const std::string& reason = parser.handler().reason();
        return ParseError{reason.empty() ? "not JSON: " + error.message() : reason};
    }
    if (!parser.done())
        return ParseError{"not JSON: the text ends early"};
    if (!trim(text.substr(read)).empty())
        return ParseError{"not JSON: something follows the value"};
    return parser.handler().take();
}

std::string write_json(const Json& value) {
    std::string out;
    write_value(out, value);
    return out;
}

} // namespace atalaya::shape
