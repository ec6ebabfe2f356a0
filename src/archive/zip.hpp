// Zip files as values: a few named files in, bytes out, and back.
//
// Pure; any thread. Writing gives the same bytes for the same files, whenever it runs. Reading
// takes nothing on trust: sizes are bounded before anything is unpacked, and whatever is not an
// ordinary, whole zip of plain files ends in a ParseError.
#pragma once

#include "base/bytes.hpp"
#include "base/result.hpp"

#include <string>
#include <vector>

namespace atalaya::archive {

struct File {
    std::string name; ///< [A-Za-z0-9._-], single slashes between, no segment begins with a dot
    Bytes content;
};

struct ZipLimits {
    std::size_t files = 1000;
    std::size_t unpacked_bytes = std::size_t{256} << 20; ///< of all files together
};

/// LogicFault for a name that parse_zip would refuse.
Bytes make_zip(const std::vector<File>& files);

/// In the order of the zip's directory; every name once.
Result<std::vector<File>> parse_zip(BytesView bytes, const ZipLimits& limits = {});

} // namespace atalaya::archive
