// What the program's log and the database's hold, where they are files.
#include "modules/trust/check.hpp"
#include "modules/trust/log_secrets.hpp"

#include <array>
#include <fstream>

namespace atalaya::trust {
namespace {

/// Of each file its end: what is older has turned the check before.
constexpr std::streamoff looked_at_max = std::streamoff{16} << 20;

std::string read_end(std::ifstream& file) {
    file.seekg(0, std::ios::end);
    const std::streamoff size = file.tellg();
    const std::streamoff begin = std::max<std::streamoff>(0, size - looked_at_max);
    std::string text(static_cast<std::size_t>(size - begin), '\0');
    file.seekg(begin);
    file.read(text.data(), static_cast<std::streamsize>(text.size()));
    text.resize(static_cast<std::size_t>(file.gcount()));
    return text;
}

Finding look_at_logs(const Surroundings& around) {
    std::int64_t files = 0;
    std::int64_t bytes = 0;
    std::int64_t found = 0;
    for (const auto& path : around.logs) {
        std::ifstream file(path, std::ios::binary);
        if (!file)
            continue; // moved away this moment, or never written
        const std::string text = read_end(file);
        ++files;
        bytes += static_cast<std::int64_t>(text.size());
        found += count_secrets(text).sum();
    }
    if (files == 0)
        return {true, "Nothing to look at: the log goes elsewhere than into a file."};
    return {found == 0, std::to_string(files) + " logs, " + std::to_string(bytes >> 10) +
                            " KiB of their ends, and " + std::to_string(found) +
                            " keys, tokens or verifiers in them."};
}

constexpr std::array checks{
    Check{"logs", "no key, token or verifier of a password stands in a log",
          std::chrono::minutes(10), look_at_logs},
};

} // namespace

std::span<const Check> log_checks() { return checks; }

} // namespace atalaya::trust
