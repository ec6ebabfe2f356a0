#include "server/signer_command.hpp"

#include "base/text.hpp"
#include "server/files.hpp"

#include <unistd.h>

namespace atalaya::server_program {
namespace {

/// Ours, with `signer` instead of `up` or `serve`.
std::vector<std::string> words_of_signer() {
    const std::string line = read_file("/proc/self/cmdline").value_or("");
    std::vector<std::string> words;
    bool named = false;
    for (const std::string_view word : split(line, '\0')) {
        const bool command = !named && !words.empty() && (word == "up" || word == "serve");
        named = named || command;
        if (word != "--with-local-agent")
            words.emplace_back(command ? "signer" : word);
    }
    if (!words.empty() && words.back().empty())
        words.pop_back(); // behind the last of the zeros
    return words;
}

} // namespace

ChildCommand signer_command() {
    ChildCommand command{"/proc/self/exe", words_of_signer(), {}};
    command.environment.push_back("SIGNER_OF=" + std::to_string(getpid()));
    for (char** one = environ; *one != nullptr; ++one)
        command.environment.emplace_back(*one);
    return command;
}

} // namespace atalaya::server_program
