#include "base/text.hpp"
#include "crypto/hash.hpp"
#include "db/disk_reserve.hpp"
#include "db/postgres.hpp"
#include "db/process.hpp"

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <fcntl.h>
#include <fstream>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/un.h>
#include <unistd.h>

namespace atalaya::db {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view socket_file = "/.s.PGSQL.5432";
constexpr int major_wanted = 15;
constexpr int minor_min =
    14; // 15.14 closes CVE-2025-8713: statistics that leak rows past row-level security

Finding good(std::string code, std::string text) {
    return {std::move(code), true, std::move(text)};
}
Finding bad(std::string code, std::string text) {
    return {std::move(code), false, std::move(text)};
}

Finding check_account(const PostgresOptions& options) {
    const std::string code = "unknown_user";
    if (!find_own_name())
        return bad(code, "The uid " + std::to_string(geteuid()) +
                             " has no name on this machine, and PostgreSQL refuses to run without "
                             "one. Add an entry to "
                             "/etc/passwd.");
    const auto account = find_account(options.unprivileged_user);
    if (!account)
        return bad(code, "PostgreSQL does not run as root, and there is no user \"" +
                             options.unprivileged_user +
                             "\" to run it as. Create it or set database.user.");
    return good(code, "PostgreSQL runs as " + account->name + ".");
}

Finding check_binaries(const PostgresOptions& options) {
    const std::string code = "postgres_missing";
    const std::string program = options.binaries / "postgres";
    if (access(program.c_str(), X_OK) != 0 ||
        access((options.binaries / "initdb").c_str(), X_OK) != 0)
        return bad(code, "There is no PostgreSQL 15 in " + options.binaries.string() +
                             ". Install the package postgresql-15.");
    // "postgres (PostgreSQL) 15.20 (Debian ...)"
    const Finished answer = run({program, "--version"}, {geteuid(), getegid(), "", false});
    int major = 0, minor = 0;
    if (answer.status != 0 ||
        std::sscanf(answer.output.c_str(), "postgres (PostgreSQL) %d.%d", &major, &minor) != 2)
        return bad(code,
                   program + " does not tell its version. Reinstall the package postgresql-15.");
    const std::string version = std::to_string(major) + "." + std::to_string(minor);
    if (major != major_wanted || minor < minor_min)
        return bad("postgres_version",
                   "PostgreSQL " + version + " is installed, 15.14 or a later 15 is needed.");
    return good(code, "PostgreSQL " + version + " is installed.");
}

Finding check_socket_path(const PostgresOptions& options) {
    const std::string code = "socket_path_too_long";
    const fs::path directory = choose_socket_dir(options);
    const auto size = directory.string().size() + socket_file.size();
    constexpr auto size_max = sizeof(sockaddr_un::sun_path) - 1;
    if (size > size_max)
        return bad(code, "The socket's path in " + directory.string() + " has " +
                             std::to_string(size) + " bytes, the system allows " +
                             std::to_string(size_max) +
                             ". Set database.socket_dir to a shorter directory.");
    return good(code, "The socket is in " + directory.string() + ".");
}

Finding check_cluster(const PostgresOptions& options) {
    const std::string code = "data_version";
    const fs::path data = options.directory / "data";
    std::error_code ignored;
    if (!fs::exists(data, ignored))
        return good(code, "There is no database yet in " + data.string() + "; it will be made.");
    std::ifstream file(data / "PG_VERSION");
    std::string version;
    if (!std::getline(file, version))
        return bad(code,
                   data.string() +
                       " is not the data directory of a PostgreSQL, or we may not read it. Move it "
                       "away or choose another directory.");
    if (version != std::to_string(major_wanted))
        return bad(
            code,
            data.string() + " was made by PostgreSQL " + version +
                ", this program runs 15. Upgrade it with pg_upgrade or choose another directory.");
    return good(code, "The database in " + data.string() + " is of version 15.");
}

Finding check_lock(const PostgresOptions& options) {
    const std::string code = "directory_in_use";
    const fs::path file = options.directory / "lock";
    const int descriptor = open(file.c_str(), O_RDONLY | O_CLOEXEC);
    const bool held = descriptor >= 0 && flock(descriptor, LOCK_EX | LOCK_NB) != 0;
    if (descriptor >= 0)
        close(descriptor);
    if (held)
        return bad(code, "Another server is running on " + options.directory.string() +
                             ". Stop it or choose another directory.");
    return good(code, "No other server uses " + options.directory.string() + ".");
}

/// Whether `account` may pass through, by mode bits alone: we are root, and root may everything.
bool may_enter(const Account& account, const struct stat& entry) {
    if (entry.st_uid == account.uid)
        return (entry.st_mode & S_IXUSR) != 0;
    if (entry.st_gid == account.gid)
        return (entry.st_mode & S_IXGRP) != 0;
    return (entry.st_mode & S_IXOTH) != 0;
}

Finding check_reach(const PostgresOptions& options) {
    const std::string code = "directory_unreachable";
    const auto account = find_account(options.unprivileged_user);
    fs::path reached;
    if (account && account->drop) {
        for (const fs::path& part : fs::absolute(options.directory).lexically_normal()) {
            reached /= part;
            struct stat entry {};
            if (stat(reached.c_str(), &entry) == 0 && !may_enter(*account, entry))
                return bad(
                    code,
                    "The user " + account->name + " may not enter " + reached.string() +
                        ", and PostgreSQL must. Allow it (chmod o+x) or choose another directory.");
        }
    }
    return good(code, "PostgreSQL can reach " + options.directory.string() + ".");
}

Finding check_disk(const PostgresOptions& options) {
    const std::string code = "disk_full";
    fs::path place = fs::absolute(options.directory);
    std::error_code ignored;
    while (!fs::exists(place, ignored) && place.has_relative_path())
        place = place.parent_path();
    struct statvfs disk {};
    if (statvfs(place.c_str(), &disk) != 0)
        return bad(code, "The free space of " + place.string() + " cannot be read.");
    const auto reserve = fs::file_size(options.directory / disk_reserve_file, ignored);
    const std::uint64_t free = disk.f_bavail * disk.f_frsize + (ignored ? 0 : reserve);
    const std::uint64_t total = disk.f_blocks * disk.f_frsize;
    // Two percent, but on a large disk nobody needs more than a few gigabytes to start.
    const std::uint64_t wanted =
        std::max(options.disk_free_min_bytes, std::min<std::uint64_t>(total / 50, 5'000'000'000));
    const std::string megabytes = std::to_string(free / 1'000'000) + " MB";
    if (free < wanted)
        return bad(code, "Only " + megabytes + " are free under " + place.string() + ", " +
                             std::to_string(wanted / 1'000'000) +
                             " MB are needed. Free some space.");
    return good(code, megabytes + " are free under " + place.string() + ".");
}

} // namespace

fs::path choose_socket_dir(const PostgresOptions& options) {
    if (!options.socket_dir.empty())
        return options.socket_dir;
    const fs::path own = fs::absolute(options.directory) / "socket";
    if (own.string().size() + socket_file.size() <= sizeof(sockaddr_un::sun_path) - 1)
        return own;
    const auto hash = crypto::sha256(own.string());
    const std::string name = "atalaya-" + to_hex(BytesView(hash).first(4));
    // Root's own runtime directory is closed to the user that PostgreSQL becomes.
    if (geteuid() == 0)
        return fs::path("/run") / name;
    // Without a session there is no runtime directory. In /tmp a directory of somebody else's is
    // refused: its mode cannot be set.
    const char* runtime = std::getenv("XDG_RUNTIME_DIR");
    return fs::path(runtime && *runtime ? runtime : "/tmp") / name;
}

std::vector<Finding> check(const PostgresOptions& options) {
    return {check_account(options), check_binaries(options), check_reach(options),
            check_cluster(options), check_lock(options),     check_socket_path(options),
            check_disk(options)};
}

} // namespace atalaya::db
