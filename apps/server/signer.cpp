#include "server/signer.hpp"

#include "audit/evidence.hpp"
#include "audit/rotation.hpp"
#include "audit/signer_desk.hpp"
#include "base/log.hpp"
#include "base/problem.hpp"
#include "base/random.hpp"
#include "base/text.hpp"
#include "db/process.hpp"
#include "server/database.hpp"
#include "server/files.hpp"
#include "server/instance.hpp"

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstring>
#include <fcntl.h>
#include <grp.h>
#include <sys/file.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <thread>
#include <unistd.h>

namespace atalaya::server_program {
namespace {

namespace fs = std::filesystem;

constexpr timespec pause_between_rounds{1, 0};
constexpr const char* anchor_file = "checkpoints.txt";
constexpr const char* rotations_file = "rotations.txt";
constexpr const char* origin_file = "origin";
constexpr const char* rotation_wish = "rotate";
constexpr std::chrono::seconds rotation_patience{60};

fs::path directory_of(const config::Config& config) {
    return fs::path(config.server.data_dir) / "signer";
}

[[noreturn]] void refuse(const std::string& what, const fs::path& path) {
    throw StartRefused("the signer cannot " + what + " " + path.string() + ": " +
                       std::strerror(errno));
}

/// Gives the directory to the signer's user and becomes it; says so where that cannot be.
void become_signer_user(const config::Config& config, const fs::path& directory) {
    const std::string name = find_signer_user(config);
    const auto account = name.empty() ? std::nullopt : db::find_account(name);
    fs::create_directories(directory);
    if (!account) {
        log::info("signer.same_user", {{"uid", std::to_string(geteuid())}});
        if (chmod(directory.c_str(), 0711) != 0)
            refuse("set the mode of", directory);
        return;
    }
    if (chown(directory.c_str(), account->uid, account->gid) != 0 ||
        chmod(directory.c_str(), 0711) != 0)
        refuse("give away", directory);
    for (const auto& entry : fs::directory_iterator(directory)) {
        if (lchown(entry.path().c_str(), account->uid, account->gid) != 0)
            refuse("give away", entry.path());
    }
    if (setgroups(0, nullptr) != 0 || setresgid(account->gid, account->gid, account->gid) != 0 ||
        setresuid(account->uid, account->uid, account->uid) != 0)
        refuse("become the user of", directory);
}

/// Two signers on one memory could sign two roots of one size.
void lock_directory(const fs::path& directory) {
    const fs::path file = directory / "lock";
    const int descriptor = open(file.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    if (descriptor < 0)
        refuse("open", file);
    if (flock(descriptor, LOCK_EX | LOCK_NB) != 0)
        throw StartRefused("another signer works in " + directory.string());
}

void write_key(const fs::path& file, BytesView seed) {
    write_private_file(file, to_base64(seed) + "\n");
    if (chmod(file.c_str(), 0400) != 0)
        refuse("set the mode of", file);
}

Secret read_or_make_key(const fs::path& directory, Random& random) {
    const fs::path file = directory / "key";
    if (const auto kept = read_file(file)) {
        auto seed = parse_base64(trim(*kept));
        if (!seed || seed->size() != crypto::ed25519_seed_size)
            throw StartRefused("the signer's key in " + file.string() + " is damaged");
        return Secret(std::move(*seed));
    }
    if (errno != ENOENT && fs::exists(file))
        refuse("read", file);
    const Bytes seed = random.bytes(crypto::ed25519_seed_size);
    write_key(file, seed);
    return Secret(seed);
}

std::vector<audit::Note> read_rotations(const fs::path& directory) {
    auto notes = audit::parse_notes(read_file(directory / rotations_file).value_or(""));
    if (!notes || !audit::KeyHistory::from(*notes))
        throw StartRefused("the signer's " + (directory / rotations_file).string() + " is damaged");
    return std::move(*notes);
}

/// A change of the key that was cut off: done where its note was written, else forgotten.
void finish_rotation(const fs::path& directory, const std::vector<audit::Note>& rotations) {
    const fs::path fresh = directory / "key.next";
    const auto text = read_file(fresh);
    if (!text)
        return;
    const auto seed = parse_base64(trim(*text));
    const auto last = rotations.empty() ? Result<audit::Rotation>(ParseError{"there is none"})
                                        : audit::parse_rotation(rotations.back());
    const bool is_noted = last && seed && seed->size() == crypto::ed25519_seed_size &&
                          crypto::ed25519_public_key(Secret(*seed)) == last->after.key;
    if (is_noted)
        fs::rename(fresh, directory / "key");
    else
        fs::remove(fresh);
}

/// `watch.example.com/3f9a…`: where the page is, and what tells this memory from any other.
std::string make_instance_name(const config::Config& config, Random& random) {
    std::string host = config.server.public_url;
    host.erase(0, std::min(host.size(), std::string_view("https://").size()));
    host = host.substr(0, host.find('/'));
    return (host.empty() || !audit::is_key_name(host) ? "atalaya" : host) + "/" +
           to_hex(random.bytes(4));
}

void write_public_file(const fs::path& path, BytesView content) {
    write_private_file(path, std::string(as_text(content)), 0644);
}

/// Whom others have to know.
void write_origin(const fs::path& directory, const std::string& instance, const Secret& seed) {
    const std::string vkey =
        to_vkey(audit::signer_key(instance, seed, {platform_team, audit::log_lane}));
    write_public_file(directory / origin_file, as_bytes(vkey + "\n"));
}

void append_anchor(const fs::path& directory, const audit::SignedCheckpoint& checkpoint) {
    const fs::path file = directory / anchor_file;
    const int handle = open(file.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644);
    const std::string text = checkpoint.note + "\n";
    const bool written =
        handle >= 0 &&
        write(handle, text.data(), text.size()) == static_cast<ssize_t>(text.size()) &&
        fsync(handle) == 0;
    if (!written)
        log::error("signer.anchor_failed", {{"reason", std::strerror(errno)}});
    if (handle >= 0)
        close(handle);
}

/// Once for each that begins and ends, not once a second.
void report(const std::vector<audit::SignerAlarm>& alarms, std::vector<audit::SignerAlarm>& told) {
    for (const audit::SignerAlarm& one : alarms) {
        if (std::find(told.begin(), told.end(), one) == told.end())
            log::error("signer.refused", {{"team", to_string(one.chain.team)},
                                          {"lane", std::to_string(one.chain.lane)},
                                          {"seq", std::to_string(one.seq)},
                                          {"reason", one.reason}});
    }
    if (alarms.empty() && !told.empty())
        log::info("signer.goes_on");
    told = alarms;
}

class Work {
  public:
    Work(const config::Config& config, fs::path directory, db::ConnectionOptions options,
         const Secret& seed, std::vector<audit::Note> rotations, audit::SignerState state,
         bool rebuilding)
        : directory_(std::move(directory)),
          seed_(seed),
          rotations_(std::move(rotations)),
          anchor_dir_(config.signer.anchor_dir),
          connection_(std::move(options)),
          signer_(seed, std::move(state), rebuilding,
                  std::chrono::seconds(config.signer.interval_s)) {}

    /// Everything that is due now. The database may be away: then the next time.
    void run(const std::function<bool()>& ends) {
        try {
            const auto keep = [&](const audit::SignerState& state) {
                write_public_file(directory_ / "state", audit::encode_state(state));
            };
            const auto anchor = [&](const audit::SignedCheckpoint& checkpoint) {
                if (!anchor_dir_.empty())
                    append_anchor(anchor_dir_, checkpoint);
            };
            if (fs::exists(directory_ / rotation_wish))
                rotate();
            if (!is_published_)
                audit::publish_rotations(connection_, rotations_);
            is_published_ = true;
            while (!audit::run_round(connection_, signer_, keep, anchor) && !ends()) {
            }
            report(signer_.alarms(), told_);
            connection_.check_in();
            failing_ = false;
        } catch (const Problem& problem) {
            complain(problem.private_reason());
        } catch (const std::exception& failure) {
            complain(failure.what());
        }
    }

  private:
    /// The note is durable before the key changes, and the key before anything is signed with it.
    void rotate() {
        SystemRandom random;
        const Secret next(random.bytes(crypto::ed25519_seed_size));
        write_key(directory_ / "key.next", next.reveal());
        const audit::SignerState& state = signer_.state();
        auto rotations = rotations_;
        rotations.push_back(audit::sign_rotation(state.instance, seed_, next, SystemClock().now(),
                                                 state.log.size()));
        write_public_file(directory_ / rotations_file, as_bytes(audit::encode_notes(rotations)));
        finish_rotation(directory_, rotations);
        rotations_ = std::move(rotations);
        seed_ = next;
        signer_.change_key(next);
        is_published_ = false;
        write_origin(directory_, state.instance, seed_);
        fs::remove(directory_ / rotation_wish);
        log::warning("signer.rotated", {{"keys", std::to_string(rotations_.size() + 1)}});
    }

    void complain(const std::string& reason) {
        if (!std::exchange(failing_, true))
            log::warning("signer.waits", {{"reason", reason}});
    }

    const fs::path directory_;
    Secret seed_;
    std::vector<audit::Note> rotations_;
    bool is_published_ = false; ///< the rotations are
    const fs::path anchor_dir_;
    db::Connection connection_;
    audit::Signer signer_;
    std::vector<audit::SignerAlarm> told_;
    bool failing_ = false;
};

} // namespace

std::string find_signer_user(const config::Config& config) {
    const bool apart = geteuid() == 0 && !config.signer.user.empty() &&
                       config.signer.user != config.database.user &&
                       db::find_account(config.signer.user).has_value();
    return apart ? config.signer.user : std::string();
}

std::optional<audit::SignerState> read_signer_state(const fs::path& data_dir) {
    const fs::path file = data_dir / "signer" / "state";
    if (!fs::exists(file))
        return std::nullopt;
    auto state = audit::parse_state(as_bytes(read_file(file).value_or("")));
    if (!state)
        throw StartRefused("the signer's memory, " + file.string() +
                           ", cannot be read: " + state.error().reason);
    return std::move(*state);
}

int run_signer(const config::Config& config) {
    prctl(PR_SET_DUMPABLE, 0);
    log::set_level(config.log.level);
    sigset_t wanted;
    sigemptyset(&wanted);
    sigaddset(&wanted, SIGTERM);
    sigaddset(&wanted, SIGINT);
    sigprocmask(SIG_BLOCK, &wanted, nullptr);
    const auto database = make_configured_database(config);
    const fs::path directory = directory_of(config);
    become_signer_user(config, directory);
    prctl(PR_SET_DUMPABLE, 0); // a change of user may have set it again
    if (const char* server = std::getenv("SIGNER_OF")) {
        prctl(PR_SET_PDEATHSIG, SIGTERM); // which a change of user clears
        if (std::to_string(getppid()) != server)
            return 0;
    }
    lock_directory(directory);
    SystemRandom random;
    auto kept = read_signer_state(config.server.data_dir);
    const bool rebuilding = !kept;
    audit::SignerState state = kept ? std::move(*kept) : audit::SignerState{};
    if (rebuilding)
        state.instance = make_instance_name(config, random);
    auto rotations = read_rotations(directory);
    finish_rotation(directory, rotations);
    const Secret seed = read_or_make_key(directory, random);
    write_origin(directory, state.instance, seed);

    db::ConnectionOptions options;
    options.dsn = database->server_dsn() + " dbname=" + database->name();
    options.role = "atalaya_signer";
    // It needs no scope, and must not be able to make one: nobody knows this key.
    options.context_key = Secret(random.bytes(32));
    options.statement_timeout = std::chrono::minutes(1);
    Work work(config, directory, std::move(options), seed, std::move(rotations), std::move(state),
              rebuilding);
    const auto ended = [&] {
        sigset_t pending;
        sigpending(&pending);
        return sigismember(&pending, SIGTERM) == 1 || sigismember(&pending, SIGINT) == 1;
    };
    do {
        work.run(ended);
    } while (sigtimedwait(&wanted, nullptr, &pause_between_rounds) < 0);
    return 0;
}

int request_rotation(const config::Config& config) {
    const fs::path directory = directory_of(config), wish = directory / rotation_wish;
    if (!fs::exists(directory / "state"))
        throw std::runtime_error("no signer ever worked in " + directory.string());
    write_private_file(wish, "");
    const auto end = std::chrono::steady_clock::now() + rotation_patience;
    while (fs::exists(wish) && std::chrono::steady_clock::now() < end)
        std::this_thread::sleep_for(std::chrono::milliseconds(200));
    if (fs::exists(wish)) {
        std::puts("no signer took this up: it changes its key when it runs");
        return 3;
    }
    std::printf("from now on %s", read_file(directory / origin_file).value_or("\n").c_str());
    return 0;
}

} // namespace atalaya::server_program
