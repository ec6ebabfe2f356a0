// What the files of this module share: rows of servers, sealed and opened. On the thread of the
// transaction.
#pragma once

#include "modules/server/server.hpp"

namespace atalaya::db {
class Error;
}
namespace atalaya::telemetry {
struct Usage;
}

namespace atalaya::server {

struct SealedServer {
    crypto::Hash name_index;
    Bytes body;
};
SealedServer seal_server(api::Call& call, ServerId id, const ServerDraft& draft);
Server read_server(api::Call& call, const db::Row& row);
Usage to_usage(const telemetry::Usage& measured);

/// Makes a token for the server's agent; the one before stops at COMMIT.
std::string put_token(api::Call& call, ServerId id);
/// Turns the violated constraint into Problem `name_taken`; returns when it was another one.
void refuse_taken_name(const db::Error& error);

} // namespace atalaya::server
