#include "archive/zip.hpp"

#include "base/check.hpp"

#include <algorithm>
#include <memory>
#include <set>
#include <zip.h>

namespace atalaya::archive {
namespace {

constexpr std::size_t name_length_max = 100;
constexpr std::size_t chunk_size = std::size_t{1} << 20;
constexpr std::string_view first_file_mark = "PK\x03\x04";
// 1980-01-01, where the time of zip files begins: a bundle says itself when it was made.
constexpr zip_uint16_t dos_time = 0, dos_date = (1 << 5) | 1;

struct Discard {
    void operator()(zip_t* zip) const { zip_discard(zip); }
    void operator()(zip_file_t* file) const { zip_fclose(file); }
    void operator()(zip_source_t* source) const { zip_source_free(source); }
};
using Zip = std::unique_ptr<zip_t, Discard>;
using OpenFile = std::unique_ptr<zip_file_t, Discard>;
using Source = std::unique_ptr<zip_source_t, Discard>;

bool is_plain_name(std::string_view name) {
    if (name.empty() || name.size() > name_length_max)
        return false;
    for (std::size_t i = 0; i < name.size(); ++i) {
        const char c = name[i];
        const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
                           (c >= '0' && c <= '9') || c == '_' || c == '-' || c == '.';
        const bool starts = i == 0 || name[i - 1] == '/';
        const bool between = !starts && i + 1 < name.size();
        if (plain ? starts && c == '.' : !(c == '/' && between))
            return false;
    }
    return true;
}

Bytes read_source(zip_source_t* source) {
    zip_stat_t stat;
    CHECK_REQUEST(zip_source_stat(source, &stat) == 0 && (stat.valid & ZIP_STAT_SIZE));
    CHECK_REQUEST(zip_source_open(source) == 0);
    Bytes out(stat.size);
    const zip_int64_t read = zip_source_read(source, out.data(), out.size());
    zip_source_close(source);
    CHECK_REQUEST(read == static_cast<zip_int64_t>(out.size()));
    return out;
}

ParseError refuse(std::string reason) { return {std::move(reason)}; }

/// What the directory says of one file, if it is a file that we unpack.
Result<zip_stat_t> examine(zip_t* zip, zip_uint64_t index) {
    zip_stat_t stat;
    constexpr zip_uint64_t needed = ZIP_STAT_NAME | ZIP_STAT_SIZE | ZIP_STAT_COMP_METHOD |
                                    ZIP_STAT_ENCRYPTION_METHOD | ZIP_STAT_CRC;
    if (zip_stat_index(zip, index, ZIP_FL_ENC_RAW, &stat) != 0 || (stat.valid & needed) != needed)
        return refuse("the zip's directory is damaged");
    if (!is_plain_name(stat.name))
        return refuse("a file in the zip has a name that is not plain");
    if (stat.encryption_method != ZIP_EM_NONE ||
        (stat.comp_method != ZIP_CM_STORE && stat.comp_method != ZIP_CM_DEFLATE))
        return refuse("a file in the zip is encrypted or packed in another way than deflate");
    return stat;
}

/// Exactly as many bytes as the directory says, whose checksum is right.
Result<Bytes> unpack(zip_t* zip, zip_uint64_t index, std::size_t size) {
    const OpenFile file(zip_fopen_index(zip, index, 0));
    if (!file)
        return refuse("a file in the zip cannot be opened");
    Bytes out; // grows with what is really there: the directory may promise anything
    while (out.size() < size) {
        const std::size_t filled = out.size();
        out.resize(std::min(size, filled + chunk_size));
        const zip_int64_t read = zip_fread(file.get(), out.data() + filled, out.size() - filled);
        if (read <= 0)
            return refuse("a file in the zip is damaged");
        out.resize(filled + static_cast<std::size_t>(read));
    }
    std::uint8_t more;
    if (zip_fread(file.get(), &more, 1) != 0) // the checksum is compared at the end
        return refuse("a file in the zip is damaged");
    return out;
}

} // namespace

Bytes make_zip(const std::vector<File>& files) {
    zip_error_t error;
    zip_error_init(&error);
    Source target(zip_source_buffer_create(nullptr, 0, 0, &error));
    CHECK_REQUEST(target);
    Zip zip(zip_open_from_source(target.get(), ZIP_TRUNCATE, &error));
    CHECK_REQUEST(zip);
    zip_source_keep(target.get()); // one reference went to the zip
    for (const File& file : files) {
        CHECK_REQUEST(is_plain_name(file.name));
        zip_source_t* content =
            zip_source_buffer(zip.get(), file.content.data(), file.content.size(), 0);
        CHECK_REQUEST(content);
        const zip_int64_t index = zip_file_add(zip.get(), file.name.c_str(), content, 0);
        if (index < 0)
            zip_source_free(content);
        CHECK_REQUEST(index >= 0);
        const auto at = static_cast<zip_uint64_t>(index);
        CHECK_REQUEST(zip_file_set_dostime(zip.get(), at, dos_time, dos_date, 0) == 0);
    }
    CHECK_REQUEST(zip_close(zip.get()) == 0);
    static_cast<void>(zip.release()); // closing has freed it
    return read_source(target.get());
}

Result<std::vector<File>> parse_zip(BytesView bytes, const ZipLimits& limits) {
    // Self-extracting zips begin with something else, and readers disagree about those.
    if (!as_text(bytes).starts_with(first_file_mark))
        return refuse("this is no zip file");
    zip_error_t error;
    zip_error_init(&error);
    Source source(zip_source_buffer_create(bytes.data(), bytes.size(), 0, &error));
    CHECK_REQUEST(source);
    const Zip zip(zip_open_from_source(source.get(), ZIP_RDONLY | ZIP_CHECKCONS, &error));
    if (!zip)
        return refuse("the zip file is damaged or cut off");
    static_cast<void>(source.release()); // it is the zip's now
    const auto count = zip_get_num_entries(zip.get(), 0);
    if (count < 0 || static_cast<std::size_t>(count) > limits.files)
        return refuse("the zip holds too many files");

    std::vector<File> files;
    std::set<std::string> names;
    std::size_t left = limits.unpacked_bytes;
    for (zip_uint64_t i = 0; i < static_cast<zip_uint64_t>(count); ++i) {
        const auto stat = examine(zip.get(), i);
        if (!stat)
            return stat.error();
        if (stat->size > left)
            return refuse("the zip unpacks to more than is allowed");
        left -= stat->size;
        if (!names.insert(stat->name).second)
            return refuse("a name stands twice in the zip");
        auto content = unpack(zip.get(), i, stat->size);
        if (!content)
            return content.error();
        files.push_back({stat->name, std::move(*content)});
    }
    return files;
}

} // namespace atalaya::archive
