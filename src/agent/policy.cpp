#include "agent/policy.hpp"

#include "base/text.hpp"
#include "crypto/hash.hpp"

namespace atalaya::agent {

namespace {

constexpr bool in_order() {
    for (std::size_t i = 0; i < policy_files.size(); ++i) {
        if (static_cast<std::size_t>(policy_files[i].file) != i)
            return false;
    }
    return true;
}
static_assert(in_order(), "path_of looks a file up by its place");

} // namespace

std::string policy_text() {
    std::string out;
    for (const PolicyFile& file : policy_files) {
        out.append("read ").append(file.path).append(": ").append(file.reason).append("\n");
    }
    out += "statvfs of mounted filesystems of type";
    for (const std::string_view type : policy_filesystems)
        out.append(" ").append(type);
    out.append(", and ").append(policy_root_filesystem).append(" at /\n");
    out += "addresses of the host's own network interfaces\n";
    out += "write to the spool directory of the configuration\n";
    out += "connect by HTTPS to the server of the configuration; listen on nothing\n";
    out += "commands: none\n";
    return out;
}

std::string policy_hash() { return to_hex(crypto::sha256(policy_text())); }

} // namespace atalaya::agent
