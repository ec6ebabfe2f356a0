#include "verify/witness.hpp"

#include "audit/evidence.hpp"
#include "audit/witness.hpp"
#include "base/random.hpp"
#include "base/text.hpp"
#include "net/server.hpp"

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstring>
#include <fcntl.h>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <mutex>
#include <stdexcept>
#include <sys/file.h>
#include <unistd.h>

namespace atalaya::verify {
namespace {

namespace fs = std::filesystem;

constexpr const char* usage =
    "usage: atalaya-verify witness --key FILE --state DIR --listen ADDRESS:PORT --log VKEY "
    "[--origin TEXT]...\n"
    "                              [--name NAME] [--certificate FILE --certificate-key FILE]\n"
    "\n"
    "  --key FILE        the witness's own key; made, under NAME, when there is none\n"
    "  --state DIR       what it cosigned last of each log; never restore it from a backup\n"
    "  --listen ADDRESS:PORT   where POST /add-checkpoint is answered: on loopback for a proxy "
    "that\n"
    "                    speaks TLS, or anywhere with a certificate\n"
    "  --log VKEY        a log that it cosigns; may stand several times\n"
    "  --origin TEXT     what the log before it calls itself, when that is not its key's name\n"
    "  --name NAME       of a key that is made: what tells this witness from others\n";

constexpr std::string_view key_head = "PRIVATE+KEY+";

struct CommandLine {
    std::string key, state, listen, name, certificate, certificate_key, fault;
    std::vector<audit::WatchedLog> logs;
};

CommandLine parse(int argc, char** argv) {
    CommandLine out;
    const std::vector<std::pair<std::string_view, std::string*>> texts{
        {"--key", &out.key},
        {"--state", &out.state},
        {"--listen", &out.listen},
        {"--name", &out.name},
        {"--certificate", &out.certificate},
        {"--certificate-key", &out.certificate_key}};
    for (int i = 2; i + 1 < argc && out.fault.empty(); i += 2) {
        const std::string_view word = argv[i];
        const auto text = std::find_if(texts.begin(), texts.end(),
                                       [&](const auto& one) { return one.first == word; });
        if (text != texts.end()) {
            *text->second = argv[i + 1];
        } else if (word == "--log") {
            auto key = audit::parse_vkey(argv[i + 1]);
            if (key && key->type == audit::SignatureType::ed25519)
                out.logs.push_back({key->name, std::move(*key)});
            else
                out.fault = "this is no key of a log: " + std::string(argv[i + 1]);
        } else if (word == "--origin" && !out.logs.empty()) {
            out.logs.back().origin = argv[i + 1];
        } else {
            out.fault = "do not know what to do with " + std::string(word);
        }
    }
    if (argc % 2 != 0)
        out.fault = "the last option has no value";
    else if (out.fault.empty() &&
             (out.key.empty() || out.state.empty() || out.listen.empty() || out.logs.empty()))
        out.fault = "key, state, listen and log must be given";
    return out;
}

[[noreturn]] void fail(const std::string& what, const fs::path& path) {
    throw std::runtime_error("cannot " + what + " " + path.string() + ": " + std::strerror(errno));
}

void sync_directory(const fs::path& directory) {
    const int handle = open(directory.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (handle < 0 || fsync(handle) != 0)
        fail("write", directory);
    close(handle);
}

/// As a whole or not at all, durable on return.
void write_file(const fs::path& path, const std::string& content, mode_t mode) {
    fs::path fresh = path;
    fresh += ".new";
    const int handle = open(fresh.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, mode);
    if (handle < 0)
        fail("write", fresh);
    const bool written =
        write(handle, content.data(), content.size()) == static_cast<ssize_t>(content.size()) &&
        fsync(handle) == 0;
    close(handle);
    if (!written || rename(fresh.c_str(), path.c_str()) != 0)
        fail("write", path);
    sync_directory(fs::absolute(path).parent_path());
}

std::string read_file(const fs::path& path) {
    std::ifstream in(path, std::ios::binary);
    if (!in)
        fail("read", path);
    return {std::istreambuf_iterator<char>(in), {}};
}

struct OwnKey {
    audit::NoteKey shown;
    Secret seed;
};

OwnKey make_key(const std::string& name, const Secret& seed) {
    return {{name, audit::SignatureType::cosignature, crypto::ed25519_public_key(seed)}, seed};
}

/// `PRIVATE+KEY+NAME+ID+BASE64`, as other tools for signed notes keep theirs.
std::string encode_key(const OwnKey& key) {
    audit::NoteKey as_seed = key.shown;
    const BytesView seed = key.seed.reveal();
    std::copy(seed.begin(), seed.end(), as_seed.key.begin());
    const std::string vkey = audit::to_vkey(as_seed); // NAME+8 digits+BASE64
    return std::string(key_head) + key.shown.name + "+" +
           to_hex(Writer().u32(key.shown.id()).bytes()) +
           vkey.substr(key.shown.name.size() + 1 + 8) + "\n";
}

OwnKey read_key(const fs::path& file) {
    const std::string text = read_file(file);
    const auto words = split(trim(text), '+');
    if (text.starts_with(key_head) && words.size() >= 5) {
        // The base64 may hold a '+' of its own; name and id cannot.
        const auto encoded = parse_base64(
            trim(text).substr(static_cast<std::size_t>(words[4].data() - text.data())));
        if (encoded && encoded->size() == 1 + crypto::ed25519_seed_size &&
            encoded->front() == static_cast<std::uint8_t>(audit::SignatureType::cosignature) &&
            audit::is_key_name(words[2])) {
            OwnKey key = make_key(std::string(words[2]),
                                  Secret(Bytes(encoded->begin() + 1, encoded->end())));
            if (encode_key(key) == std::string(trim(text)) + "\n")
                return key;
        }
    }
    throw std::runtime_error(file.string() + " holds no key of a witness");
}

OwnKey read_or_make_key(const CommandLine& line) {
    if (fs::exists(line.key))
        return read_key(line.key);
    if (!audit::is_key_name(line.name))
        throw std::runtime_error("there is no key yet: say with --name how it shall be called, "
                                 "without spaces and '+'");
    SystemRandom random;
    OwnKey key = make_key(line.name, Secret(random.bytes(crypto::ed25519_seed_size)));
    write_file(line.key, encode_key(key), 0400);
    return key;
}

/// Two witnesses on one memory could cosign two histories.
void lock_directory(const fs::path& directory) {
    fs::create_directories(directory);
    const fs::path file = directory / "lock";
    const int handle = open(file.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    if (handle < 0)
        fail("open", file);
    if (flock(handle, LOCK_EX | LOCK_NB) != 0)
        throw std::runtime_error("another witness works in " + directory.string());
}

audit::Witness::Memory remember_in(const fs::path& directory) {
    const auto file_of = [directory](const std::string& origin) {
        return directory / to_hex(crypto::sha256(origin));
    };
    const auto find = [file_of](const std::string& origin) -> std::optional<audit::Checkpoint> {
        const fs::path file = file_of(origin);
        if (!fs::exists(file))
            return std::nullopt;
        const auto note = audit::parse_note(read_file(file));
        const auto checkpoint = note ? audit::parse_any_checkpoint(note->text)
                                     : Result<audit::Checkpoint>(note.error());
        if (!checkpoint || checkpoint->origin != origin)
            throw std::runtime_error("what was cosigned last is damaged: " + file.string());
        return *checkpoint;
    };
    const auto keep = [file_of](const audit::Checkpoint& checkpoint, const audit::Note& note) {
        write_file(file_of(checkpoint.origin), audit::to_text(note), 0644);
    };
    return {find, keep};
}

net::Response plain(int status, std::string type, std::string body) {
    net::Response response;
    response.status = status;
    response.headers.push_back({"Content-Type", std::move(type)});
    response.headers.push_back({"Cache-Control", "no-store"});
    response.body = std::move(body);
    return response;
}

/// Of `/HASH/checkpoint`, where HASH is the SHA-256 of a log's origin in lower-case hex.
std::optional<std::string> find_origin_hash(std::string_view path) {
    constexpr std::string_view ending = "/checkpoint";
    if (!path.starts_with('/') || !path.ends_with(ending) || path.size() != 1 + 64 + ending.size())
        return std::nullopt;
    const std::string_view hash = path.substr(1, 64);
    if (hash.find_first_not_of("0123456789abcdef") != hash.npos)
        return std::nullopt;
    return std::string(hash);
}

class Desk {
  public:
    Desk(const OwnKey& key, std::vector<audit::WatchedLog> logs, const fs::path& directory)
        : vkey_(audit::to_vkey(key.shown)),
          directory_(directory),
          witness_(key.shown, key.seed, std::move(logs), remember_in(directory)) {}

    net::Response answer(const net::Request& request) {
        if (request.path == "/" && request.method == "GET")
            return plain(200, "text/plain; charset=utf-8", vkey_ + "\n");
        if (const auto hash = find_origin_hash(request.path); hash && request.method == "GET")
            return show_cosigned(*hash);
        if (request.path != "/add-checkpoint")
            return plain(404, "text/plain; charset=utf-8",
                         "there are POST /add-checkpoint and GET /ORIGIN-HASH/checkpoint\n");
        if (request.method != "POST")
            return plain(405, "text/plain; charset=utf-8", "POST it\n");
        const std::lock_guard lock(mutex_);
        try {
            auto said = witness_.add_checkpoint(request.body, clock_.now());
            std::printf("%s %d\n", to_rfc3339(clock_.now()).c_str(), said.status);
            std::fflush(stdout);
            return plain(said.status, std::move(said.type), std::move(said.body));
        } catch (const std::exception& failure) {
            std::fprintf(stderr, "atalaya-verify: %s\n", failure.what());
            return plain(500, "text/plain; charset=utf-8", "the witness cannot remember it\n");
        }
    }

  private:
    /// For who follows the log: what was cosigned last, as it was answered. The file's name is the
    /// hash that others ask by.
    net::Response show_cosigned(const std::string& origin_hash) {
        const std::lock_guard lock(mutex_);
        const fs::path file = directory_ / origin_hash;
        if (!fs::exists(file))
            return plain(404, "text/plain; charset=utf-8", "nothing of this log was cosigned\n");
        return plain(200, "text/plain; charset=utf-8", read_file(file));
    }

    const std::string vkey_;
    const fs::path directory_;
    const SystemClock clock_;
    std::mutex mutex_;
    audit::Witness witness_;
};

net::ServerOptions server_options(const CommandLine& line) {
    net::ServerOptions options;
    options.threads = 1;
    options.connections_max = 64;
    options.body_limit = [](const net::Request&) { return audit::submission_bytes_max; };
    if (line.certificate.empty()) {
        options.proxy_mode = true;
        options.http_address = line.listen;
        options.trusted_proxies = {"127.0.0.0/8", "::1/128", "unix"};
    } else {
        options.https_address = line.listen;
        options.certificate = line.certificate;
        options.key = line.certificate_key;
    }
    return options;
}

} // namespace

int run_witness(int argc, char** argv) {
    const CommandLine line = parse(argc, argv);
    if (!line.fault.empty()) {
        std::fprintf(stderr, "atalaya-verify: %s\n%s", line.fault.c_str(), usage);
        return 2;
    }
    try {
        sigset_t wanted;
        sigemptyset(&wanted);
        sigaddset(&wanted, SIGTERM);
        sigaddset(&wanted, SIGINT);
        pthread_sigmask(SIG_BLOCK, &wanted, nullptr);
        std::signal(SIGPIPE, SIG_IGN);
        lock_directory(line.state);
        const OwnKey key = read_or_make_key(line);
        Desk desk(key, line.logs, line.state);
        net::Server server(server_options(line), [&](net::Request request, net::Reply reply) {
            reply(desk.answer(request));
        });
        server.start();
        const bool tls = !line.certificate.empty();
        std::printf("witness %s\nready %d\n", audit::to_vkey(key.shown).c_str(),
                    tls ? server.https_port() : server.http_port());
        std::fflush(stdout);
        int signal = 0;
        sigwait(&wanted, &signal);
        server.stop();
        return 0;
    } catch (const std::exception& failure) {
        std::fprintf(stderr, "atalaya-verify: %s\n", failure.what());
        return 1;
    }
}

} // namespace atalaya::verify
