#include "db/process.hpp"

#include <fcntl.h>
#include <grp.h>
#include <pwd.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <system_error>
#include <unistd.h>

namespace atalaya::db {
namespace {

/// The child's way from fork to execve; only async-signal-safe calls, since other threads may hold
/// any lock.
[[noreturn]] void become(char* const* arguments, const Account& account, int output,
                         const char* directory, pid_t parent, bool dies_with_us) {
    if (account.drop &&
        (setgroups(0, nullptr) != 0 || setresgid(account.gid, account.gid, account.gid) != 0 ||
         setresuid(account.uid, account.uid, account.uid) != 0))
        _exit(126);
    if (dies_with_us) {
        prctl(PR_SET_PDEATHSIG, SIGINT); // after the change of user, which clears it
        if (getppid() != parent)
            _exit(125);
    }
    setsid(); // a Ctrl-C at the terminal is for us to pass on
    const int nothing = open("/dev/null", O_RDONLY);
    if (nothing < 0 || dup2(nothing, 0) < 0 || dup2(output, 1) < 0 || dup2(output, 2) < 0 ||
        chdir(directory) != 0)
        _exit(124);
    sigset_t none;
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, nullptr);
    signal(SIGPIPE, SIG_DFL);
    static char path[] = "PATH=/usr/bin:/bin", locale[] = "LC_ALL=C.UTF-8", zone[] = "TZ=UTC";
    char* const environment[] = {path, locale, zone, nullptr};
    execve(arguments[0], arguments, environment);
    _exit(127);
}

std::optional<Account> find_by_uid(uid_t uid) {
    char buffer[4096];
    passwd entry{};
    passwd* found = nullptr;
    if (getpwuid_r(uid, &entry, buffer, sizeof buffer, &found) != 0 || !found)
        return std::nullopt;
    return Account{entry.pw_uid, entry.pw_gid, entry.pw_name, false};
}

} // namespace

std::optional<std::string> find_own_name() {
    const auto account = find_by_uid(geteuid());
    return account ? std::optional(account->name) : std::nullopt;
}

std::optional<Account> find_account(const std::string& unprivileged_user) {
    if (geteuid() != 0)
        return find_by_uid(geteuid());
    char buffer[4096];
    passwd entry{};
    passwd* found = nullptr;
    if (getpwnam_r(unprivileged_user.c_str(), &entry, buffer, sizeof buffer, &found) != 0 ||
        !found || entry.pw_uid == 0)
        return std::nullopt;
    return Account{entry.pw_uid, entry.pw_gid, entry.pw_name, true};
}

pid_t spawn(const std::vector<std::string>& arguments, const Account& account, int output,
            const std::filesystem::path& working_directory, bool dies_with_us) {
    std::vector<char*> pointers;
    for (const std::string& argument : arguments)
        pointers.push_back(const_cast<char*>(argument.c_str()));
    pointers.push_back(nullptr);
    const pid_t parent = getpid();
    const pid_t child = fork();
    if (child == 0)
        become(pointers.data(), account, output, working_directory.c_str(), parent, dies_with_us);
    if (child < 0)
        throw std::system_error(errno, std::generic_category(), "fork");
    return child;
}

Finished run(const std::vector<std::string>& arguments, const Account& account) {
    int ends[2];
    if (pipe2(ends, O_CLOEXEC) != 0)
        throw std::system_error(errno, std::generic_category(), "pipe");
    const pid_t child = spawn(arguments, account, ends[1], "/", true);
    close(ends[1]);
    Finished out{0, {}};
    char buffer[4096];
    for (ssize_t size; (size = read(ends[0], buffer, sizeof buffer)) != 0;) {
        if (size > 0)
            out.output.append(buffer, static_cast<std::size_t>(size));
        else if (errno != EINTR)
            break;
    }
    close(ends[0]);
    int status = 0;
    while (waitpid(child, &status, 0) < 0 && errno == EINTR) {
    }
    out.status = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
    return out;
}

} // namespace atalaya::db
