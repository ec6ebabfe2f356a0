// The completeness check of field tables: a member that was forgotten in a table fails the build.
// Include in the .cpp that holds the table only; Boost.PFR is heavy. Pure.
#pragma once

#include <boost/pfr/tuple_size.hpp>

namespace atalaya::shape {

template <class T, class Fields>
constexpr bool names_every_member(const Fields& fields) {
    return fields.size() == boost::pfr::tuple_size_v<T>;
}

} // namespace atalaya::shape
