// What goes into the audit endpoints and what they answer. Values.
#pragma once

#include "audit/erasure.hpp"
#include "audit/reader.hpp"
#include "shape/field.hpp"

namespace atalaya::audit_log {

struct ActorView {
    std::string kind;
    std::optional<std::string> id;
    std::optional<std::string> name;
};

struct EventSummary {
    std::int64_t seq = 0;
    Uuid id;
    Time at;
    std::string action;
    std::string outcome;
    ActorView actor;
    std::string resource_type;
    std::optional<Uuid> resource_id;
    std::optional<std::string> resource_name;
    std::optional<std::string> ip;
    std::optional<std::string> user_agent;
    std::optional<std::string> request_id;
    shape::Json changes;
    std::string prev_hash;
    std::string row_hash;
    bool erased = false;
    std::optional<std::int64_t> who_erased_by, what_erased_by;
};

EventSummary to_summary(const audit::EventView& view);

/// What is needed to recompute the event's hash without us.
struct EventProof {
    std::int64_t seq = 0;
    std::string header;
    std::vector<std::string> commits;
    std::vector<std::optional<std::string>> body;
    std::string prev_hash;
    std::string row_hash;
};

struct EventDetail {
    EventSummary event;
    EventProof proof;
};

struct VerifiedView {
    Time at;
    bool ok = false;
    std::int64_t seq = 0;
    std::int64_t duration_ms = 0;
};

/// How the signed checkpoints of the chain stand.
struct SigningView {
    std::string state; ///< current, late or refused
    std::optional<std::int64_t> size;
    std::optional<Time> at;
    std::optional<Time> unsigned_since;
    std::optional<std::int64_t> bad_seq;
    std::optional<std::string> reason;
};

struct HeadView {
    Uuid chain;
    std::int64_t lane = 0;
    std::int64_t seq = 0;
    std::string hash;
    std::optional<VerifiedView> last_verified;
    SigningView signing;
};

struct ReportView {
    bool ok = false;
    std::int64_t checked = 0;
    std::int64_t erased = 0;
    std::optional<std::int64_t> first_bad;
    std::optional<std::string> reason;
    std::int64_t duration_ms = 0;
    std::int64_t seq = 0;
    std::string hash;
    Time at;
};

/// Which of an event's bodies: who did it and from where, what changed, or both.
enum class ErasedBody : std::uint8_t { who, what, both };

struct ErasureWish {
    ErasedBody body{};
    audit::ErasureBasis basis{};
    std::string note;
};

/// Which stretch of the record to export.
struct BundleWish {
    std::optional<std::int64_t> from_seq;
    std::optional<std::int64_t> to_seq;
};

} // namespace atalaya::audit_log

namespace atalaya::shape {
template <>
struct Described<audit_log::ActorView> {
    static const Shape shape;
};
template <>
struct Described<audit_log::EventSummary> {
    static const Shape shape;
};
template <>
struct Described<audit_log::EventProof> {
    static const Shape shape;
};
template <>
struct Described<audit_log::EventDetail> {
    static const Shape shape;
};
template <>
struct Described<audit_log::VerifiedView> {
    static const Shape shape;
};
template <>
struct Described<audit_log::SigningView> {
    static const Shape shape;
};
template <>
struct Described<audit_log::HeadView> {
    static const Shape shape;
};
template <>
struct Described<audit_log::ReportView> {
    static const Shape shape;
};
template <>
struct Described<audit_log::BundleWish> {
    static const Shape shape;
};
template <>
struct Described<audit_log::ErasureWish> {
    static const Shape shape;
};
template <>
struct EnumNames<audit_log::ErasedBody> {
    using Body = audit_log::ErasedBody;
    static constexpr std::array<std::pair<Body, std::string_view>, 3> names{
        {{Body::who, "who"}, {Body::what, "what"}, {Body::both, "both"}}};
};
} // namespace atalaya::shape
