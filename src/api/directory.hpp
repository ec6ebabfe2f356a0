// Lists that are sorted, searched and filtered in memory.
//
// Texts that could identify somebody lie sealed in the database, so SQL cannot order them. A list
// is instead drawn from the team's opened rows: `list_from` applies `?q=`, `?field=value`, `?sort=`
// and the keyset cursor of the API conventions to any vector of a described struct. Pure; any
// thread; O(rows).
#pragma once

#include "api/parameters.hpp"
#include "shape/engine.hpp"

#include <array>
#include <functional>

namespace atalaya::api {

inline constexpr std::int64_t page_size_default = 50;
inline constexpr std::int64_t page_size_max = 500;

/// One page of a list; `next` is null on the last one.
template <class T>
struct Page {
    std::vector<T> data;
    std::optional<std::string> next;
};

/// A page of a list that is looked through piece by piece: it may hold fewer rows than were asked
/// for, even none, while there are more to find.
template <class T>
struct SearchedPage : Page<T> {
    std::int64_t looked_to = 0; ///< all rows from this number on were looked at
};

/// The fields by which a list is sorted and filtered; empty entries stand for none. A constant that
/// the endpoint and its handler share.
struct Listing {
    using Names = std::array<std::string_view, 8>;
    Names sortable;
    std::string_view sort_default;
    Names filters;
    std::string_view unique = "id"; ///< the field that breaks ties
};
/// What the query of such a list may hold.
std::vector<Parameter> parameters_of(const Listing& listing);

struct Selection {
    std::vector<std::size_t> rows; ///< indexes, in order
    std::optional<std::string> next;
};

/// `row(i)` gives the i-th object of the shape, which must have the fields that the listing names.
Selection select_rows(const shape::Shape& shape, std::size_t count,
                      const std::function<const void*(std::size_t)>& row, const Query& query,
                      const Listing& listing);

template <shape::HasShape T>
Page<T> list_from(const std::vector<T>& rows, const Query& query, const Listing& listing) {
    const Selection selection = select_rows(
        shape::Described<T>::shape, rows.size(), [&](std::size_t i) { return &rows[i]; }, query,
        listing);
    Page<T> page;
    page.next = selection.next;
    for (const std::size_t i : selection.rows)
        page.data.push_back(rows[i]);
    return page;
}

} // namespace atalaya::api
