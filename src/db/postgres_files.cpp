#include "db/postgres_files.hpp"

#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <fstream>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

namespace atalaya::db {
namespace {

namespace fs = std::filesystem;

constexpr std::uintmax_t log_size_max = 16'000'000;

[[noreturn]] void refuse(const std::string& what, const fs::path& path) {
    throw StartRefused("directory_unusable",
                       what + " " + path.string() + ": " + std::strerror(errno) + ".");
}

/// `mode` counts whatever the umask is; PostgreSQL's own directories belong to its user.
void make_directory(const fs::path& path, mode_t mode, const Account* owner) {
    std::error_code failed;
    fs::create_directories(path, failed);
    if (failed)
        throw StartRefused("directory_unusable",
                           "Cannot create " + path.string() + ": " + failed.message() + ".");
    if (owner && owner->drop && chown(path.c_str(), owner->uid, owner->gid) != 0)
        refuse("Cannot give away", path);
    if (chmod(path.c_str(), mode) != 0)
        refuse("Cannot set the mode of", path);
}

void write_file(const fs::path& path, const std::string& text, const Account& owner) {
    const fs::path draft = path.string() + ".new";
    std::ofstream out(draft, std::ios::trunc);
    out << text;
    out.close();
    if (!out || chmod(draft.c_str(), 0600) != 0 ||
        (owner.drop && chown(draft.c_str(), owner.uid, owner.gid) != 0) ||
        rename(draft.c_str(), path.c_str()) != 0)
        refuse("Cannot write", path);
}

/// Made beside and renamed, so that a start that was interrupted leaves nothing that looks like a
/// cluster.
void make_cluster(const PostgresOptions& options, const Account& account) {
    const fs::path data = options.directory / "data";
    const fs::path draft = options.directory / "data.new";
    fs::remove_all(draft);
    make_directory(draft, 0700, &account);
    std::vector<std::string> arguments{(options.binaries / "initdb").string(),
                                       "--pgdata=" + draft.string(),
                                       "--username=atalaya_super",
                                       "--auth=peer",
                                       "--encoding=UTF8",
                                       "--locale=C.UTF-8",
                                       "--data-checksums",
                                       "--no-instructions"};
    if (!options.fsync)
        arguments.push_back("--no-sync");
    const Finished made = run(arguments, account);
    if (made.status != 0)
        throw StartRefused("initdb_failed", "initdb could not make the database: " + made.output);
    if (rename(draft.c_str(), data.c_str()) != 0)
        refuse("Cannot create", data);
}

std::string quoted(const std::string& text) {
    std::string out = "'";
    for (const char c : text) {
        if (c == '\'' || c == '\\')
            out += c;
        out += c;
    }
    return out + "'";
}

std::string settings(const PostgresOptions& options, const fs::path& socket_dir) {
    const auto number = [](int value) { return std::to_string(value); };
    return "# Written at every start. Settings of your own go into postgresql.auto.conf (ALTER "
           "SYSTEM).\n"
           "listen_addresses = ''\n"
           "unix_socket_directories = " +
           quoted(socket_dir.string()) +
           "\n"
           // With a signer apart, the directory's group decides who gets as far as the socket.
           "unix_socket_permissions = " +
           (options.signer_user.empty() ? "0700" : "0777") +
           "\n"
           "max_connections = " +
           number(options.max_connections) +
           "\n"
           "shared_buffers = " +
           quoted(options.shared_buffers) +
           "\n"
           "fsync = " +
           (options.fsync ? "on" : "off") +
           "\n"
           // Erasing a server touches every hour that is kept, and each partition takes a lock.
           "max_locks_per_transaction = 256\n"
           "synchronous_commit = on\n"
           "wal_compression = lz4\n"
           // What a busy hour wrote ahead is given back to the disk, not kept for the next one.
           "wal_recycle = off\n"
           "min_wal_size = '64MB'\n"
           "max_wal_size = '1GB'\n"
           "timezone = 'UTC'\n"
           "log_timezone = 'UTC'\n"
           "jit = off\n"
           // What runs, and with which values, is content of the teams: it goes neither into the
           // log nor into the statistics views. Errors reach the program, which reports them
           // without values.
           "log_destination = 'stderr'\n"
           "logging_collector = off\n"
           "log_line_prefix = '%m [%p] '\n"
           "log_min_messages = log\n"
           "log_min_error_statement = panic\n"
           "log_error_verbosity = terse\n"
           "log_statement = 'none'\n"
           "log_min_duration_statement = -1\n"
           "log_parameter_max_length = 0\n"
           "log_parameter_max_length_on_error = 0\n"
           "track_activities = off\n"
           "update_process_title = off\n";
}

/// Who we are to the system decides who we may be to PostgreSQL: there is no password anywhere.
std::string identities(const PostgresOptions& options, const Account& account) {
    std::string out;
    if (!options.signer_user.empty())
        out += "atalaya \"" + options.signer_user + "\" atalaya_signer\n";
    const std::string own = find_own_name().value_or(account.name);
    for (const std::string& system : {own, account.name}) {
        for (const char* role : {"super", "migrate", "app", "auth", "sched"})
            out += "atalaya \"" + system + "\" atalaya_" + role + "\n";
        if (options.signer_user.empty())
            out += "atalaya \"" + system + "\" atalaya_signer\n";
        if (own == account.name)
            break;
    }
    return out;
}

} // namespace

void prepare_files(const PostgresOptions& options, const Account& account,
                   const fs::path& socket_dir) {
    const fs::path data = options.directory / "data";
    make_directory(socket_dir, 0700, &account);
    const auto signer =
        options.signer_user.empty() ? std::nullopt : find_account(options.signer_user);
    if (signer) {
        if (chown(socket_dir.c_str(), account.uid, signer->gid) != 0 ||
            chmod(socket_dir.c_str(), 0710) != 0)
            refuse("Cannot open to the signer", socket_dir);
    }
    if (!fs::exists(data / "PG_VERSION"))
        make_cluster(options, account);
    write_file(data / "postgresql.conf", settings(options, socket_dir), account);
    write_file(data / "pg_hba.conf", "local all all peer map=atalaya\n", account);
    write_file(data / "pg_ident.conf", identities(options, account), account);
}

int lock_directory(const fs::path& directory) {
    make_directory(directory, 0711, nullptr);
    const fs::path file = directory / "lock";
    const int descriptor = open(file.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    if (descriptor < 0)
        refuse("Cannot open", file);
    if (flock(descriptor, LOCK_EX | LOCK_NB) != 0) {
        close(descriptor);
        throw StartRefused("directory_in_use", "Another server is running on " +
                                                   directory.string() +
                                                   ". Stop it or choose another directory.");
    }
    return descriptor;
}

int open_log(const fs::path& directory) {
    const fs::path file = directory / "postgres.log";
    std::error_code ignored;
    if (fs::file_size(file, ignored) > log_size_max && !ignored)
        fs::rename(file, directory / "postgres.log.1", ignored);
    const int descriptor = open(file.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
    if (descriptor < 0)
        refuse("Cannot open", file);
    return descriptor;
}

std::string last_words(const fs::path& directory) {
    std::ifstream file(directory / "postgres.log");
    std::string line, last, fatal;
    const auto has = [&line](std::string_view words) { return line.find(words) != line.npos; };
    while (std::getline(file, line)) {
        // What a server that is still going tells whoever knocks is no reason not to start.
        if (has("FATAL:  the database system is"))
            continue;
        if (has("FATAL") || has("PANIC"))
            fatal = line;
        if (has("LOG:  starting PostgreSQL"))
            fatal.clear();
        last = line;
    }
    return fatal.empty() ? last : fatal;
}

} // namespace atalaya::db
