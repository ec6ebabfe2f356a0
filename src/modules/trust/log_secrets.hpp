// Whether a text holds what must stand in no log: keys, tokens, verifiers of passwords, private
// keys. Pure; any thread.
//
// What is looked for has a form of its own, so that a find is no chance: an API key carries its
// checksum. Sessions and links have none, and are not found here.
#pragma once

#include <cstdint>
#include <string_view>

namespace atalaya::trust {

struct SecretCount {
    std::int64_t api_keys = 0;
    std::int64_t agent_tokens = 0;
    std::int64_t verifiers = 0;
    std::int64_t private_keys = 0;

    std::int64_t sum() const { return api_keys + agent_tokens + verifiers + private_keys; }
};

SecretCount count_secrets(std::string_view text);

} // namespace atalaya::trust
