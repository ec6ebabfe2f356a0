#include "api/directory.hpp"

#include "base/check.hpp"
#include "base/problems.hpp"
#include "base/text.hpp"

#include <algorithm>

namespace atalaya::api {
namespace {

using shape::Field;
using shape::Json;
using shape::Shape;

const Field& field_named(const Shape& shape, std::string_view name) {
    const auto found = std::find_if(shape.fields.begin(), shape.fields.end(),
                                    [&](const Field& field) { return field.name == name; });
    CHECK_REQUEST(found != shape.fields.end());
    return *found;
}

Json value_of(const Field& field, const void* object) {
    return field.type->to_json(field.get(object));
}

/// The text by which a value is compared with a filter.
std::string plain_text(const Json& value) {
    const std::string* text = value.if_string();
    return text ? *text : shape::write_json(value);
}

/// One component of a sort key: null after everything, numbers by value, texts without regard to
/// ASCII case.
struct Key {
    int rank = 2;
    double number = 0;
    std::string text;

    explicit Key(const Json& value) {
        if (const auto* whole = value.if_integer()) {
            rank = 0;
            number = static_cast<double>(*whole);
        } else if (const auto* real = value.if_double()) {
            rank = 0;
            number = *real;
        } else if (const auto* word = value.if_string()) {
            rank = 1;
            text = to_lower(*word);
        } else if (const auto* flag = value.if_bool()) {
            rank = 0;
            number = *flag;
        }
    }
    Json to_json() const {
        if (rank == 0)
            return number;
        return rank == 1 ? Json(text) : Json();
    }
    std::weak_ordering operator<=>(const Key& other) const {
        if (const auto by_rank = rank <=> other.rank; by_rank != 0)
            return by_rank;
        if (rank == 0)
            return number < other.number   ? std::weak_ordering::less
                   : number > other.number ? std::weak_ordering::greater
                                           : std::weak_ordering::equivalent;
        return text <=> other.text;
    }
};

struct SortTerm {
    const Field* field;
    bool descending;
};

struct Entry {
    std::size_t row;
    std::vector<Key> keys; ///< of the sort terms, then of what breaks ties
};

struct Order {
    const std::vector<SortTerm>& terms;
    bool operator()(const Entry& left, const Entry& right) const {
        for (std::size_t i = 0; i < terms.size(); ++i) {
            const auto order = left.keys[i] <=> right.keys[i];
            if (order != 0)
                return terms[i].descending ? order > 0 : order < 0;
        }
        return false;
    }
};

std::vector<SortTerm> parse_sort(const Shape& shape, const Query& query, const Listing& listing) {
    std::vector<SortTerm> terms;
    const std::string text = query.find_text("sort").value_or(std::string(listing.sort_default));
    for (std::string_view name : split(text, ',')) {
        const bool descending = name.starts_with('-');
        name.remove_prefix(descending ? 1 : 0);
        if (name.empty() || std::find(listing.sortable.begin(), listing.sortable.end(), name) ==
                                listing.sortable.end()) {
            throw Problem(problems::invalid)
                .at("?sort", "choice", "This list cannot be sorted by that field.");
        }
        terms.push_back({&field_named(shape, name), descending});
    }
    terms.push_back({&field_named(shape, listing.unique), false});
    return terms;
}

bool matches(const Shape& shape, const void* object, const std::string& needle,
             const std::vector<std::pair<const Field*, std::string>>& filters) {
    for (const auto& [field, wanted] : filters) {
        if (plain_text(value_of(*field, object)) != wanted)
            return false;
    }
    if (needle.empty())
        return true;
    return std::any_of(shape.fields.begin(), shape.fields.end(), [&](const Field& field) {
        const Json value = value_of(field, object);
        const std::string* text = value.if_string();
        return text && to_lower(*text).find(needle) != std::string::npos;
    });
}

std::string write_cursor(const Entry& entry) {
    shape::Array keys;
    for (const Key& key : entry.keys)
        keys.push_back(key.to_json());
    return to_base64url(as_bytes(shape::write_json(Json(std::move(keys)))));
}

std::optional<Entry> read_cursor(const Query& query, std::size_t key_count) {
    const auto text = query.find_text("cursor");
    if (!text)
        return std::nullopt;
    const auto bytes = parse_base64url(*text);
    const auto json =
        bytes ? shape::parse_json(as_text(*bytes)) : Result<Json>(ParseError{"not base64url"});
    const shape::Array* keys = json ? json->if_array() : nullptr;
    if (!keys || keys->size() != key_count) {
        throw Problem(problems::invalid)
            .at("?cursor", "cursor", "This cursor is not one of ours. Start again without it.");
    }
    Entry entry{0, {}};
    for (const Json& key : *keys)
        entry.keys.emplace_back(key);
    return entry;
}

} // namespace

std::vector<Parameter> parameters_of(const Listing& listing) {
    std::vector<Parameter> out{
        {"limit", "Rows of a page, 1 to 500; 50 if not given.", ParameterKind::integer},
        {"cursor", "The `next` of the page before."},
        {"sort", "Fields by comma, `-` before one for descending order."},
        {"q", "Only rows in which some text holds this, without regard to case."},
        {"format", "`csv` gives all rows as RFC 4180 instead."}};
    for (const std::string_view name : listing.filters) {
        if (!name.empty())
            out.push_back({name, "Only rows whose field has this value."});
    }
    return out;
}

Selection select_rows(const Shape& shape, std::size_t count,
                      const std::function<const void*(std::size_t)>& row, const Query& query,
                      const Listing& listing) {
    const auto terms = parse_sort(shape, query, listing);
    const auto cursor = read_cursor(query, terms.size());
    const bool everything = query.find_text("format") == "csv";
    const auto limit =
        query.find_integer("limit", 1, page_size_max)
            .value_or(everything ? static_cast<std::int64_t>(count) : page_size_default);
    const std::string needle = to_lower(query.find_text("q").value_or(""));
    std::vector<std::pair<const Field*, std::string>> filters;
    for (const std::string_view name : listing.filters) {
        const auto wanted = name.empty() ? std::nullopt : query.find_text(name);
        if (wanted)
            filters.emplace_back(&field_named(shape, name), *wanted);
    }

    const Order order{terms};
    std::vector<Entry> entries;
    for (std::size_t i = 0; i < count; ++i) {
        const void* object = row(i);
        if (!matches(shape, object, needle, filters))
            continue;
        Entry entry{i, {}};
        for (const SortTerm& term : terms)
            entry.keys.emplace_back(value_of(*term.field, object));
        if (!cursor || order(*cursor, entry))
            entries.push_back(std::move(entry));
    }
    const std::size_t shown = std::min(entries.size(), static_cast<std::size_t>(limit));
    std::partial_sort(entries.begin(), entries.begin() + static_cast<std::ptrdiff_t>(shown),
                      entries.end(), order);
    Selection selection;
    for (std::size_t i = 0; i < shown; ++i)
        selection.rows.push_back(entries[i].row);
    if (shown > 0 && shown < entries.size())
        selection.next = write_cursor(entries[shown - 1]);
    return selection;
}

} // namespace atalaya::api
