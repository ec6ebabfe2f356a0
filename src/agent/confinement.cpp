#include "agent/confinement.hpp"

#include <array>
#include <cerrno>
#include <cstddef>
#include <cstdio>
#include <cstring>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string_view>

#include <fcntl.h>
#include <grp.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/landlock.h>
#include <linux/seccomp.h>
#include <pwd.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

namespace atalaya::agent {

namespace {

/// What glibc opens to find the server's address, and the modules it may load for that.
constexpr std::array resolver_paths{
    "/etc/resolv.conf", "/etc/hosts",    "/etc/nsswitch.conf",   "/etc/host.conf",
    "/etc/gai.conf",    "/etc/services", "/run/systemd/resolve", "/lib",
    "/lib64",           "/usr/lib",      "/etc/ld.so.cache"};

/// Each of them makes a process a server, another program, or a debugger.
constexpr std::array<unsigned, 9> deadly_calls{
    __NR_listen, __NR_accept,           __NR_accept4,           __NR_execve, __NR_execveat,
    __NR_ptrace, __NR_process_vm_readv, __NR_process_vm_writev, __NR_bpf};

#if defined(__x86_64__)
constexpr unsigned own_architecture = AUDIT_ARCH_X86_64;
#elif defined(__aarch64__)
constexpr unsigned own_architecture = AUDIT_ARCH_AARCH64;
#else
constexpr unsigned own_architecture = 0;
#endif

[[noreturn]] void refuse(const std::string& what) {
    throw std::runtime_error(what + ": " + std::strerror(errno));
}

struct Account {
    std::string name;
    uid_t uid = 0;
    gid_t gid = 0;
};

/// Reads the local file itself: getpwnam would load the name service's modules for good.
std::optional<Account> find_account(const std::string& name) {
    const std::unique_ptr<FILE, int (*)(FILE*)> file(std::fopen("/etc/passwd", "re"), &std::fclose);
    while (const passwd* entry = file ? ::fgetpwent(file.get()) : nullptr) {
        if (entry->pw_name == name)
            return Account{name, entry->pw_uid, entry->pw_gid};
    }
    return std::nullopt;
}

std::optional<Account> find_user(const std::string& name) {
    if (!name.empty())
        return find_account(name);
    const auto own = find_account("atalaya-agent");
    return own ? own : find_account("nobody");
}

bool allow_beneath(int ruleset, int directory, std::uint64_t rights) {
    struct stat status {};
    if (::fstat(directory, &status) == 0 && !S_ISDIR(status.st_mode))
        rights &= LANDLOCK_ACCESS_FS_READ_FILE | LANDLOCK_ACCESS_FS_WRITE_FILE;
    landlock_path_beneath_attr rule{};
    rule.allowed_access = rights;
    rule.parent_fd = directory;
    return ::syscall(__NR_landlock_add_rule, ruleset, LANDLOCK_RULE_PATH_BENEATH, &rule, 0) == 0;
}

bool confine_files(PosixDisk& spool) {
    constexpr std::uint64_t read = LANDLOCK_ACCESS_FS_READ_FILE | LANDLOCK_ACCESS_FS_READ_DIR;
    constexpr std::uint64_t write = LANDLOCK_ACCESS_FS_WRITE_FILE | LANDLOCK_ACCESS_FS_REMOVE_FILE |
                                    LANDLOCK_ACCESS_FS_MAKE_REG;
    landlock_ruleset_attr handled{};
    // All rights of the first version of Landlock: what is handled and not allowed below is
    // refused.
    handled.handled_access_fs = (LANDLOCK_ACCESS_FS_MAKE_SYM << 1) - 1;
    const int ruleset =
        static_cast<int>(::syscall(__NR_landlock_create_ruleset, &handled, sizeof handled, 0));
    if (ruleset < 0)
        return false;
    bool ok = allow_beneath(ruleset, spool.descriptor(), read | write);
    for (const char* path : resolver_paths) {
        const int fd = ::open(path, O_PATH | O_CLOEXEC);
        if (fd < 0)
            continue; // nothing there, nothing to allow
        ok = allow_beneath(ruleset, fd, read) && ok;
        ::close(fd);
    }
    ok = ok && ::syscall(__NR_landlock_restrict_self, ruleset, 0) == 0;
    ::close(ruleset);
    return ok;
}

bool confine_calls() {
    if (own_architecture == 0)
        return false;
    constexpr auto kill = sock_filter BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_KILL_PROCESS);
    constexpr auto allow = sock_filter BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW);
    constexpr auto load = [](std::size_t offset) {
        return sock_filter BPF_STMT(BPF_LD | BPF_W | BPF_ABS, static_cast<unsigned>(offset));
    };
    constexpr auto skip_if_equal = [](unsigned value, std::uint8_t skip) {
        return sock_filter BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, value, skip, 0);
    };
    constexpr auto skip_unless_equal = [](unsigned value, std::uint8_t skip) {
        return sock_filter BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, value, 0, skip);
    };
    std::array<sock_filter, 2 * deadly_calls.size() + 12> program{};
    std::size_t size = 0;
    const auto add = [&](sock_filter statement) { program[size++] = statement; };
    add(load(offsetof(seccomp_data, arch)));
    add(skip_if_equal(own_architecture, 1));
    add(kill);
    add(load(offsetof(seccomp_data, nr)));
    for (const unsigned call : deadly_calls) {
        add(skip_unless_equal(call, 1));
        add(kill);
    }
    // bind is for netlink alone, by which glibc asks for the host's own addresses; only a netlink
    // address has twelve bytes, those of IP have more.
    constexpr unsigned netlink_address_bytes = 12;
    add(skip_unless_equal(__NR_bind, 3));
    add(load(offsetof(seccomp_data, args[2])));
    add(skip_if_equal(netlink_address_bytes, 1));
    add(sock_filter BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | EPERM));
    add(allow);
    const sock_fprog filter{.len = static_cast<unsigned short>(size), .filter = program.data()};
    return ::syscall(__NR_seccomp, SECCOMP_SET_MODE_FILTER, 0, &filter) == 0;
}

} // namespace

void drop_privileges(const std::string& user, PosixDisk& spool) {
    if (::geteuid() != 0)
        return;
    const auto account = find_user(user);
    if (!account)
        throw std::runtime_error("there is no user " + (user.empty() ? "nobody" : user));
    if (account->uid == 0)
        throw std::runtime_error("the agent does not stay root: name another user");
    const std::string failed = "the spool directory cannot be given to the agent's user";
    for (const std::string& name : spool.list()) {
        if (::fchownat(spool.descriptor(), name.c_str(), account->uid, account->gid,
                       AT_SYMLINK_NOFOLLOW) != 0)
            refuse(failed);
    }
    if (::fchown(spool.descriptor(), account->uid, account->gid) != 0 ||
        ::fchmod(spool.descriptor(), 0700) != 0)
        refuse(failed);
    if (::setgroups(0, nullptr) != 0 || ::setgid(account->gid) != 0 || ::setuid(account->uid) != 0)
        refuse("cannot become user " + account->name);
    if (::setuid(0) == 0)
        throw std::runtime_error("root was given up but came back");
}

Confinement confine(PosixDisk& spool) {
    if (::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0)
        refuse("no_new_privs");
    ::prctl(PR_SET_DUMPABLE, 0, 0, 0, 0); // the token is in this memory
    Confinement done;
    done.files = confine_files(spool);
    done.calls = confine_calls();
    return done;
}

std::string confinement_text() {
    std::string out = "no_new_privs: set\n";
    out += "landlock: open only the spool directory and for the resolver";
    for (const char* path : resolver_paths)
        out.append(" ").append(path);
    out += " (the files above are opened before)\n";
    out += "seccomp: listen, accept, accept4, execve, execveat, ptrace, process_vm_readv, "
           "process_vm_writev and bpf end the process; bind is refused but for netlink\n";
    return out;
}

} // namespace atalaya::agent
