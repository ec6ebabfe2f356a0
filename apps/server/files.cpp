#include "server/files.hpp"

#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <fstream>
#include <iterator>
#include <stdexcept>
#include <unistd.h>

namespace atalaya::server_program {
namespace {

[[noreturn]] void fail(const std::filesystem::path& path) {
    throw std::runtime_error("cannot write " + path.string() + ": " + std::strerror(errno));
}

void sync_directory(const std::filesystem::path& directory) {
    const int handle = open(directory.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (handle < 0)
        fail(directory);
    fsync(handle);
    close(handle);
}

} // namespace

std::optional<std::string> read_file(const std::filesystem::path& path) {
    std::ifstream in(path, std::ios::binary);
    if (!in)
        return std::nullopt;
    return std::string(std::istreambuf_iterator<char>(in), {});
}

void write_private_file(const std::filesystem::path& path, const std::string& content,
                        unsigned mode) {
    std::filesystem::path fresh = path;
    fresh += ".new";
    const int handle = open(fresh.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, mode);
    if (handle < 0)
        fail(fresh);
    const bool written =
        write(handle, content.data(), content.size()) == static_cast<ssize_t>(content.size()) &&
        fsync(handle) == 0;
    close(handle);
    if (!written || rename(fresh.c_str(), path.c_str()) != 0)
        fail(path);
    sync_directory(path.parent_path());
}

} // namespace atalaya::server_program
