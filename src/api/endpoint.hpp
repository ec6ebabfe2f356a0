// Endpoints as data: verb, path, who may call, one sentence, and the handler.
//
// A module lists its endpoints in one constexpr array. A handler is an ordinary function
//
//     Out handle(Call& call);    Out handle(Call& call, const In& in);
//
// that runs inside one transaction; In and Out are described structs (or Patch<T>, Page<T>,
// Created<T>, NoContent, net::Response). `endpoint<handle>(…)` derives decoding, encoding and
// documentation from those types.
#pragma once

#include "api/call.hpp"
#include "api/directory.hpp"
#include "api/problem_response.hpp"
#include "base/problems.hpp"
#include "shape/engine.hpp"

namespace atalaya::api {

enum class Verb : std::uint8_t { get, post, patch, put, del };
std::string_view verb_name(Verb verb);

enum class Audience : std::uint8_t {
    anyone,        ///< no identity needed
    signed_in,     ///< any user
    team,          ///< a member of the team in the path, with the permission
    team_key,      ///< an API key with the permission: the team is the key's, the path names none
    agent,         ///< an agent's token
    operator_only, ///< an operator with a second factor; for everybody else the path does not exist
};

/// Whether a role or a scope decides.
constexpr bool is_of_team(Audience audience) {
    return audience == Audience::team || audience == Audience::team_key;
}

/// What becomes of a second request with the same Idempotency-Key (see idempotency.hpp).
enum class Repetition : std::uint8_t {
    answered_again, ///< it gets the answer of the first
    secret_is_gone, ///< 409: the answer held a secret, which is shown once
    refused,        ///< 400 whenever a key is sent: of this answer nothing may be kept
};

template <class T>
struct Created {
    T value;
};
struct NoContent {};
/// An answer with headers of its own, such as a cookie; nothing of it is kept to be given again.
template <class T>
struct WithHeaders {
    T value;
    std::vector<net::Header> headers;
};
/// The answer of a slow handler that changed something, as conclude() of idempotency.hpp made it.
template <class T>
struct Concluded {
    net::Response response;
};

/// How many at a time a team may run of what takes long: any number, as many as it has lanes for
/// such, or one after the other.
enum class Lanes : std::uint8_t { none, some, one };

/// What goes in and out, for decoding and for the API document.
struct Contract {
    const shape::Shape* in = nullptr;
    bool partial_in = false; ///< PATCH: every field optional
    const shape::Shape* out = nullptr;
    bool list = false;
    int status = 200;
    bool searched = false;                       ///< a list that says how far it looked
    std::string_view media = "application/json"; ///< of the answer
};

struct Endpoint {
    Verb verb;
    std::string_view path; ///< below /api/v1, with {name} segments
    Audience audience;
    std::optional<access::Permission> permission;
    std::string_view summary;
    Contract contract;
    net::Response (*handler)(Call&) = nullptr;  ///< in a transaction of the caller's scope
    net::Response (*slow)(SlowCall&) = nullptr; ///< instead: on a slow worker
    Repetition repetition = Repetition::answered_again;
    bool takes_password =
        false; ///< the body holds one: nothing that is fast to guess is kept of it

    bool needs_step_up = false;          ///< only within minutes of a password or code
    bool asks_people_to_step_up = false; ///< the same for people; keys may as they are
    bool open_without_second_factor =
        false; ///< also where the team requires one: what is needed to get or to leave
    bool open_to_team_session = false; ///< also to a session that a team's own provider vouches for
    bool reaches_out = false;          ///< a slow one that waits for somebody else's server
    bool minds_no_query = false;       ///< others add to it what they like
    const Listing* listing = nullptr;  ///< of a list that list_from() draws
    std::span<const Parameter> parameters = {}; ///< of the query; what is not named is refused
    bool takes_revision = false;                ///< minds If-Match, which is refused elsewhere
    bool only_asks = false;           ///< changes nothing: a POST because its question may be long
    Dialect dialect = Dialect::house; ///< of refusals
    Lanes lanes = Lanes::none;
    /// No answer comes earlier than password.time_floor_ms: it must not tell who has an account.
    bool has_time_floor = false;

    constexpr bool mutates() const { return verb != Verb::get && !only_asks; }
    constexpr Endpoint with_step_up() const {
        Endpoint copy = *this;
        copy.needs_step_up = true;
        return copy;
    }
    constexpr Endpoint with_step_up_of_people() const {
        Endpoint copy = *this;
        copy.asks_people_to_step_up = true;
        return copy;
    }
    constexpr Endpoint without_second_factor() const {
        Endpoint copy = *this;
        copy.open_without_second_factor = true;
        return copy;
    }
    /// For routes of the person rather than a team: what a session may do that stands on the word
    /// of a team's provider, which anybody can set up.
    constexpr Endpoint for_team_sessions() const {
        Endpoint copy = *this;
        copy.open_to_team_session = true;
        return copy;
    }
    constexpr Endpoint with_way_out() const {
        Endpoint copy = *this;
        copy.reaches_out = true;
        return copy;
    }
    constexpr Endpoint with_any_query() const {
        Endpoint copy = *this;
        copy.minds_no_query = true;
        return copy;
    }
    constexpr Endpoint with_secret_answer() const {
        Endpoint copy = *this;
        copy.repetition = Repetition::secret_is_gone;
        return copy;
    }
    constexpr Endpoint with_time_floor() const {
        Endpoint copy = *this;
        copy.has_time_floor = true;
        return copy;
    }
    constexpr Endpoint with_listing(const Listing& fields) const {
        Endpoint copy = *this;
        copy.listing = &fields;
        return copy;
    }
    constexpr Endpoint with_parameters(std::span<const Parameter> known) const {
        Endpoint copy = *this;
        copy.parameters = known;
        return copy;
    }
    constexpr Endpoint with_revision() const {
        Endpoint copy = *this;
        copy.takes_revision = true;
        return copy;
    }
    constexpr Endpoint as_question() const {
        Endpoint copy = *this;
        copy.only_asks = true;
        return copy;
    }
    constexpr Endpoint with_lanes(Lanes wanted = Lanes::some) const {
        Endpoint copy = *this;
        copy.lanes = wanted;
        return copy;
    }
    constexpr Endpoint with_dialect(Dialect other) const {
        Endpoint copy = *this;
        copy.dialect = other;
        return copy;
    }
    /// For what is the same however often it is sent, and needs no key to be so.
    constexpr Endpoint without_repetition() const {
        Endpoint copy = *this;
        copy.repetition = Repetition::refused;
        return copy;
    }
    /// For a handler that makes its net::Response itself.
    constexpr Endpoint with_answer(int status, std::string_view media) const {
        Endpoint copy = *this;
        copy.contract.status = status;
        copy.contract.media = media;
        return copy;
    }
    constexpr Endpoint with_password() const {
        Endpoint copy = *this;
        copy.takes_password = true;
        return copy;
    }
};

/// All that the query of a request may hold.
std::vector<Parameter> query_parameters(const Endpoint& endpoint);
/// Throws Problem `invalid` for a parameter of the query, and `bad_request` for an If-Match, that
/// the endpoint would not mind: what is silently left out looks obeyed.
void refuse_unminded(const Endpoint& endpoint, const Incoming& incoming);

net::Response json_response(int status, const shape::Json& body);
/// The parsed body; throws `unsupported_media` or `bad_request`.
shape::Json parse_body(const net::Request& request);

/// How the result of a handler becomes an answer.
template <class T>
struct Answer;

template <>
struct Answer<net::Response> {
    static constexpr Contract contract{};
    static net::Response make(net::Response response, const Query&) { return response; }
};
template <>
struct Answer<NoContent> {
    static constexpr Contract contract{nullptr, false, nullptr, false, 204};
    static net::Response make(NoContent, const Query&) {
        net::Response response;
        response.status = 204;
        return response;
    }
};
net::Response object_response(int status, const shape::Shape& shape, const void* object);
template <shape::HasShape T>
struct Answer<T> {
    static constexpr Contract contract{nullptr, false, &shape::Described<T>::shape, false, 200};
    static net::Response make(const T& value, const Query&) {
        return object_response(200, shape::Described<T>::shape, &value);
    }
};
template <class T>
struct Answer<Created<T>> {
    static constexpr Contract contract{nullptr, false, &shape::Described<T>::shape, false, 201};
    static net::Response make(const Created<T>& created, const Query&) {
        return object_response(201, shape::Described<T>::shape, &created.value);
    }
};
template <class T>
struct Answer<Concluded<T>> {
    static constexpr Contract contract = Answer<T>::contract;
    static constexpr bool is_kept = true;
    static net::Response make(Concluded<T> concluded, const Query&) {
        return std::move(concluded.response);
    }
};
template <class T>
struct Answer<WithHeaders<T>> {
    static constexpr Contract contract = Answer<T>::contract;
    static constexpr bool is_kept = false;
    static net::Response make(WithHeaders<T> answer, const Query& query) {
        net::Response response = Answer<T>::make(std::move(answer.value), query);
        for (net::Header& header : answer.headers)
            response.headers.push_back(std::move(header));
        return response;
    }
};
/// Whether an answer can be kept for a repeated request: that of a fast handler, unless it says no;
/// that of a slow one, if it says so.
template <class Result, bool otherwise>
constexpr bool is_answer_kept() {
    if constexpr (requires { Answer<Result>::is_kept; })
        return Answer<Result>::is_kept;
    return otherwise;
}

net::Response list_response(const shape::Shape& shape, std::size_t count,
                            const std::function<const void*(std::size_t)>& row,
                            const std::optional<std::string>& next, const Query& query,
                            std::optional<std::int64_t> looked_to = std::nullopt);
template <class T>
struct Answer<SearchedPage<T>> {
    static constexpr Contract contract{nullptr, false, &shape::Described<T>::shape,
                                       true,    200,   true};
    static net::Response make(const SearchedPage<T>& page, const Query& query) {
        return list_response(
            shape::Described<T>::shape, page.data.size(),
            [&](std::size_t i) { return &page.data[i]; }, page.next, query, page.looked_to);
    }
};
template <class T>
struct Answer<Page<T>> {
    static constexpr Contract contract{nullptr, false, &shape::Described<T>::shape, true, 200};
    static net::Response make(const Page<T>& page, const Query& query) {
        return list_response(
            shape::Described<T>::shape, page.data.size(),
            [&](std::size_t i) { return &page.data[i]; }, page.next, query);
    }
};

/// How a request body becomes a handler's argument.
template <class In>
struct Body {
    static constexpr bool partial = false;
    static constexpr const shape::Shape* shape = &shape::Described<In>::shape;
    static In read(const net::Request& request) { return shape::decode<In>(parse_body(request)); }
};
template <class T>
struct Body<shape::Patch<T>> {
    static constexpr bool partial = true;
    static constexpr const shape::Shape* shape = &shape::Described<T>::shape;
    static shape::Patch<T> read(const net::Request& request) { return {parse_body(request)}; }
};

template <class Function>
struct Signature;
template <class R, class C>
struct Signature<R (*)(C&)> {
    using Result = R;
    using CallType = C;
    static constexpr Contract contract = Answer<R>::contract;
    template <auto function>
    static net::Response run(C& call) {
        return Answer<R>::make(function(call), call.query());
    }
};
template <class R, class C, class In>
struct Signature<R (*)(C&, const In&)> {
    using Result = R;
    using CallType = C;
    static constexpr Contract contract{Body<In>::shape, Body<In>::partial, Answer<R>::contract.out,
                                       Answer<R>::contract.list, Answer<R>::contract.status};
    template <auto function>
    static net::Response run(C& call) {
        const In in = Body<In>::read(call.incoming.request);
        return Answer<R>::make(function(call, in), call.query());
    }
};

template <auto function>
constexpr Endpoint endpoint(Verb verb, std::string_view path, Audience audience,
                            std::optional<access::Permission> permission,
                            std::string_view summary) {
    using S = Signature<decltype(function)>;
    Endpoint out{verb, path, audience, permission, summary, S::contract};
    if constexpr (std::is_same_v<typename S::CallType, SlowCall>) {
        out.slow = &S::template run<function>;
        if (!is_answer_kept<typename S::Result, false>())
            out.repetition = Repetition::refused;
    } else {
        out.handler = &S::template run<function>;
        if (!is_answer_kept<typename S::Result, true>())
            out.repetition = Repetition::refused;
    }
    return out;
}

/// A route below /teams/{team}.
template <auto function>
constexpr Endpoint team_endpoint(Verb verb, std::string_view path, access::Permission permission,
                                 std::string_view summary) {
    return endpoint<function>(verb, path, Audience::team, permission, summary);
}

} // namespace atalaya::api
