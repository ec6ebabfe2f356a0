// OpenID providers: where each one's addresses are, what keys it has, and the exchange of a code
// for what it says of a person.
//
// Owned by the program; any thread, and every function may block for as long as the way out allows.
// What a provider publishes is kept for an hour, its keys anew when a token names one that is not
// there. Throws ProviderFault for whatever the provider does, and for nothing else.
#pragma once

#include "base/secret.hpp"
#include "egress/http.hpp"
#include "oidc/id_token.hpp"

#include <memory>
#include <mutex>
#include <stdexcept>
#include <unordered_map>

namespace atalaya::oidc {

/// `what()` is for the log and the record; `words` for whoever set the connection up.
struct ProviderFault : std::runtime_error {
    enum class Kind {
        unreachable, ///< or busy, or answers with something else
        refused,     ///< it does not take the code, or not this client
        bad_token    ///< it said something that is not to be believed
    };
    ProviderFault(Kind kind_, const std::string& what, std::string words_ = {})
        : std::runtime_error(what), kind(kind_), words(std::move(words_)) {}
    Kind kind;
    std::string words;
};

struct Metadata {
    std::string issuer;
    std::string authorization_endpoint;
    std::string token_endpoint;
    std::string keys_uri;
    std::string userinfo_endpoint; ///< empty: none
    bool names_itself = false;     ///< RFC 9207: answers carry `iss`
    bool secret_in_body = false;   ///< it takes the secret of a client in the body only
};
/// What `issuer` publishes about itself; refused when it speaks for another.
Result<Metadata> parse_metadata(std::string_view json, std::string_view issuer);
/// An https URL without query, fragment or user.
bool is_issuer(std::string_view text);

struct ClientIdentity {
    std::string id;
    Secret secret; ///< empty: a public client
};

/// One log-in, as it was begun.
struct Asked {
    std::string redirect_uri;
    std::string state, nonce, verifier;
    bool fresh = false; ///< the person is to prove anew to be there
};
/// Where to send the browser.
std::string authorization_url(const Metadata& provider, const std::string& client_id,
                              const Asked& asked);

class Providers {
  public:
    /// `way_out` is for any thread.
    Providers(egress::Send way_out, const Clock& clock)
        : way_out_(std::move(way_out)), clock_(clock) {}

    Metadata get_metadata(const std::string& issuer);
    /// The same, asked anew, with the keys: for whoever sets a connection up.
    Metadata check(const std::string& issuer);
    /// `wanted`: claims that are fetched from the userinfo endpoint when the token lacks them.
    IdToken redeem(const std::string& issuer, const ClientIdentity& client, const Asked& asked,
                   const std::string& code, const std::vector<std::string>& wanted);

  private:
    struct Known {
        Metadata metadata;
        std::optional<Time> metadata_at;
        std::shared_ptr<const KeySet> keys;
        Time keys_at;
        std::optional<Time> refetched_at; ///< when a key was missing
        int running = 0;                  ///< exchanges with this provider
    };
    class Turn;

    std::string fetch(const egress::Request& request, std::string_view what);
    std::shared_ptr<const KeySet> get_keys(const Metadata& provider, bool missing_one);
    void add_userinfo(const Metadata& provider, const shape::Json& answer, IdToken& token,
                      const std::vector<std::string>& wanted);
    Metadata fetch_metadata(const std::string& issuer);

    const egress::Send way_out_;
    const Clock& clock_;
    std::mutex mutex_;
    std::unordered_map<std::string, Known> known_;
};

} // namespace atalaya::oidc
