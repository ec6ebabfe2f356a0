#include "oidc/provider.hpp"

#include "base/text.hpp"
#include "crypto/hash.hpp"

#include <algorithm>

namespace atalaya::oidc {
namespace {

using shape::Json;
using Kind = ProviderFault::Kind;

constexpr Micros kept_for = std::chrono::hours(1);
constexpr Micros refetch_interval = std::chrono::seconds(30);
constexpr std::size_t known_max = 1024;
constexpr int running_max = 8;

std::string text(const Json& json, std::string_view name) {
    const Json* member = json.find(name);
    return member && member->if_string() ? *member->if_string() : "";
}

bool is_https(std::string_view url) {
    return url.starts_with("https://") && url.size() > 8 && url.size() < 1024 &&
           std::all_of(url.begin(), url.end(), [](char c) { return c > ' ' && c < 0x7f; });
}

bool holds(const Json& json, std::string_view name, std::string_view wanted) {
    const Json* member = json.find(name);
    const auto* all = member ? member->if_array() : nullptr;
    return all && std::any_of(all->begin(), all->end(), [&](const Json& one) {
               return one.if_string() && *one.if_string() == wanted;
           });
}

std::string form(std::initializer_list<std::pair<std::string_view, std::string_view>> fields) {
    std::string out;
    for (const auto& [name, value] : fields)
        out += (out.empty() ? "" : "&") + std::string(name) + "=" + percent_encode(value);
    return out;
}

egress::Request token_request(const Metadata& provider, const ClientIdentity& client,
                              const Asked& asked, const std::string& code) {
    egress::Request request;
    request.method = "POST";
    request.url = provider.token_endpoint;
    request.headers = {{"Content-Type", "application/x-www-form-urlencoded"},
                       {"Accept", "application/json"}};
    request.body = form({{"grant_type", "authorization_code"},
                         {"code", code},
                         {"redirect_uri", asked.redirect_uri},
                         {"code_verifier", asked.verifier}});
    if (client.secret.empty()) {
        request.body += "&" + form({{"client_id", client.id}});
    } else if (provider.secret_in_body) {
        request.body +=
            "&" + form({{"client_id", client.id}, {"client_secret", client.secret.reveal_text()}});
    } else {
        const std::string pair =
            percent_encode(client.id) + ":" + percent_encode(client.secret.reveal_text());
        request.headers.emplace_back("Authorization", "Basic " + to_base64(as_bytes(pair)));
    }
    return request;
}

} // namespace

/// One of the few exchanges that may run with a provider at a time, so that a slow one keeps the
/// others waiting for nothing.
class Providers::Turn {
  public:
    Turn(Providers& providers, const std::string& issuer) : providers_(providers), issuer_(issuer) {
        const std::lock_guard lock(providers_.mutex_);
        if (providers_.known_.size() >= known_max)
            std::erase_if(providers_.known_,
                          [](const auto& entry) { return entry.second.running == 0; });
        Known& known = providers_.known_[issuer_];
        if (known.running >= running_max)
            throw ProviderFault(Kind::unreachable, "too many exchanges with one provider",
                                "The provider is slow. Try again in a moment.");
        ++known.running;
    }
    ~Turn() {
        const std::lock_guard lock(providers_.mutex_);
        --providers_.known_[issuer_].running;
    }
    Turn(const Turn&) = delete;
    Turn& operator=(const Turn&) = delete;

  private:
    Providers& providers_;
    const std::string issuer_;
};

bool is_issuer(std::string_view url) {
    return is_https(url) && url.find_first_of("?#@") == url.npos;
}

Result<Metadata> parse_metadata(std::string_view json, std::string_view issuer) {
    const auto document = shape::parse_json(json);
    if (!document)
        return ParseError{"What is published there is no JSON document."};
    Metadata out;
    out.issuer = text(*document, "issuer");
    out.authorization_endpoint = text(*document, "authorization_endpoint");
    out.token_endpoint = text(*document, "token_endpoint");
    out.keys_uri = text(*document, "jwks_uri");
    out.userinfo_endpoint = text(*document, "userinfo_endpoint");
    if (out.issuer != issuer)
        return ParseError{"The provider calls itself by another issuer. Write it exactly as the "
                          "provider does, with or without a slash at the end."};
    for (const std::string* url :
         {&out.authorization_endpoint, &out.token_endpoint, &out.keys_uri}) {
        if (!is_https(*url) || url->find('#') != url->npos)
            return ParseError{"The provider publishes no https address for one of its endpoints."};
    }
    if (!is_https(out.userinfo_endpoint))
        out.userinfo_endpoint.clear();
    const Json* named = document->find("authorization_response_iss_parameter_supported");
    out.names_itself = named && named->if_bool() && *named->if_bool();
    constexpr std::string_view methods = "token_endpoint_auth_methods_supported";
    out.secret_in_body = holds(*document, methods, "client_secret_post") &&
                         !holds(*document, methods, "client_secret_basic");
    return out;
}

std::string authorization_url(const Metadata& provider, const std::string& client_id,
                              const Asked& asked) {
    const std::string challenge = to_base64url(crypto::sha256(asked.verifier));
    std::string url = provider.authorization_endpoint;
    url += url.find('?') == url.npos ? '?' : '&';
    url += form({{"response_type", "code"},
                 {"client_id", client_id},
                 {"redirect_uri", asked.redirect_uri},
                 {"scope", "openid email profile"},
                 {"state", asked.state},
                 {"nonce", asked.nonce},
                 {"code_challenge", challenge},
                 {"code_challenge_method", "S256"}});
    if (asked.fresh)
        url += "&prompt=login&max_age=0";
    return url;
}

std::string Providers::fetch(const egress::Request& request, std::string_view what) {
    const egress::Outcome outcome = way_out_(request);
    if (const auto* failure = std::get_if<egress::Failure>(&outcome))
        throw ProviderFault(Kind::unreachable, std::string(what) + " cannot be reached",
                            std::string(egress::describe(*failure)));
    const auto& answer = std::get<egress::Answer>(outcome);
    if (answer.status == 200)
        return answer.body;
    const std::string said =
        std::string(what) + " answered with status " + std::to_string(answer.status);
    const bool refused = request.method == "POST" && answer.status >= 400 && answer.status < 500;
    throw ProviderFault(refused ? Kind::refused : Kind::unreachable, said,
                        "The provider answers with status " + std::to_string(answer.status) + ".");
}

Metadata Providers::fetch_metadata(const std::string& issuer) {
    if (!is_issuer(issuer))
        throw ProviderFault(Kind::unreachable, "no issuer",
                            std::string(egress::describe(egress::Failure::bad_url)));
    egress::Request request;
    const std::string_view slash = issuer.ends_with('/') ? "" : "/";
    request.url = issuer + std::string(slash) + ".well-known/openid-configuration";
    auto metadata = parse_metadata(fetch(request, "the provider's document"), issuer);
    if (!metadata)
        throw ProviderFault(Kind::unreachable, "the provider's document is refused",
                            metadata.error().reason);
    const std::lock_guard lock(mutex_);
    Known& known = known_[issuer];
    known.metadata = *metadata;
    known.metadata_at = clock_.now();
    return *metadata;
}

Metadata Providers::get_metadata(const std::string& issuer) {
    {
        const std::lock_guard lock(mutex_);
        const auto found = known_.find(issuer);
        if (found != known_.end() && found->second.metadata_at &&
            *found->second.metadata_at + kept_for > clock_.now())
            return found->second.metadata;
    }
    const Turn turn(*this, issuer);
    return fetch_metadata(issuer);
}

Metadata Providers::check(const std::string& issuer) {
    const Turn turn(*this, issuer);
    const Metadata metadata = fetch_metadata(issuer);
    {
        const std::lock_guard lock(mutex_);
        known_[issuer].keys = nullptr;
    }
    get_keys(metadata, false);
    return metadata;
}

std::shared_ptr<const KeySet> Providers::get_keys(const Metadata& provider, bool missing_one) {
    {
        const std::lock_guard lock(mutex_);
        Known& known = known_[provider.issuer];
        const Time now = clock_.now();
        if (known.keys && missing_one) {
            if (known.refetched_at && *known.refetched_at + refetch_interval > now)
                return known.keys;
            known.refetched_at = now;
        } else if (known.keys && known.keys_at + kept_for > now) {
            return known.keys;
        }
    }
    egress::Request request;
    request.url = provider.keys_uri;
    auto parsed = KeySet::parse(fetch(request, "the provider's keys"));
    if (!parsed)
        throw ProviderFault(Kind::unreachable, "the provider's keys are refused",
                            "What the provider publishes as its keys is no set of keys.");
    auto keys = std::make_shared<const KeySet>(std::move(*parsed));
    const std::lock_guard lock(mutex_);
    Known& known = known_[provider.issuer];
    known.keys = keys;
    known.keys_at = clock_.now();
    return keys;
}

void Providers::add_userinfo(const Metadata& provider, const Json& answer, IdToken& token,
                             const std::vector<std::string>& wanted) {
    const std::string access = text(answer, "access_token");
    const bool complete = std::all_of(wanted.begin(), wanted.end(), [&](const std::string& name) {
        return token.claims.find(name) != nullptr;
    });
    const bool is_plain =
        std::all_of(access.begin(), access.end(), [](char c) { return c > ' ' && c < 0x7f; });
    if (complete || provider.userinfo_endpoint.empty() || access.empty() || !is_plain)
        return;
    egress::Request request;
    request.url = provider.userinfo_endpoint;
    request.headers = {{"Authorization", "Bearer " + access}, {"Accept", "application/json"}};
    const auto info = shape::parse_json(fetch(request, "the provider's userinfo"));
    if (!info || text(*info, "sub") != token.subject)
        throw ProviderFault(Kind::bad_token, "the userinfo is about somebody else");
    for (const shape::Member& member : *info->if_object()) {
        if (!token.claims.find(member.name))
            token.claims.set(member.name, member.value);
    }
}

IdToken Providers::redeem(const std::string& issuer, const ClientIdentity& client,
                          const Asked& asked, const std::string& code,
                          const std::vector<std::string>& wanted) {
    const Metadata provider = get_metadata(issuer);
    const Turn turn(*this, issuer);
    const auto answer = shape::parse_json(
        fetch(token_request(provider, client, asked, code), "the provider's token endpoint"));
    if (!answer)
        throw ProviderFault(Kind::bad_token, "the answer of the token endpoint is no JSON");
    const std::string token = text(*answer, "id_token");
    const Expected expected{issuer, client.id, asked.nonce};
    auto verdict = check_id_token(token, expected, *get_keys(provider, false), clock_.now());
    const auto* first = std::get_if<TokenFault>(&verdict);
    if (first && *first == TokenFault::unknown_key)
        verdict = check_id_token(token, expected, *get_keys(provider, true), clock_.now());
    if (const auto* fault = std::get_if<TokenFault>(&verdict))
        throw ProviderFault(Kind::bad_token, std::string(describe(*fault)));
    auto& good = std::get<IdToken>(verdict);
    add_userinfo(provider, *answer, good, wanted);
    return std::move(good);
}

} // namespace atalaya::oidc
