// Checkpoints and proofs for readers. Private to this module.
//
// A proof reads the hashes of all events that it is about, so it runs on a slow worker.
#pragma once

#include "api/endpoint.hpp"
#include "modules/audit_log/shapes.hpp"

namespace atalaya::audit_log {

struct CheckpointView {
    std::int64_t size = 0;
    Time at;
    std::string root;
    std::string note;
    std::string vkey;
    std::optional<std::int64_t> log_index;
};
struct StampView {
    std::int64_t size = 0;
    Time at;
    std::int64_t index = 0;
    std::int64_t tree_size = 0;
    std::vector<std::string> proof;
    std::string token;
    std::string checkpoint;
};
struct KeyView {
    std::string vkey;
    std::optional<Time> since;
    std::optional<Time> until;
    std::optional<std::string> rotation;
};
struct InclusionView {
    std::int64_t seq = 0;
    std::int64_t size = 0;
    std::string row_hash;
    std::vector<std::string> proof;
    std::string checkpoint;
};
struct ConsistencyView {
    std::int64_t from = 0;
    std::int64_t to = 0;
    std::vector<std::string> proof;
};

SigningView get_signing(api::Call& call, std::int64_t head_seq);
api::Page<CheckpointView> list_checkpoints(api::Call& call);
api::Page<StampView> list_stamps(api::Call& call);
api::Page<KeyView> list_keys(api::Call& call);
InclusionView prove_inclusion(api::SlowCall& call);
ConsistencyView prove_consistency(api::SlowCall& call);

inline constexpr std::array checkpoint_parameters{
    api::Parameter{"limit", "Checkpoints of a page, 1 to 500; 50 if not given.",
                   api::ParameterKind::integer},
    api::Parameter{"cursor", "The `next` of the page before.", api::ParameterKind::integer},
    api::Parameter{"format", "`csv` gives the page as RFC 4180 instead."}};
inline constexpr std::array inclusion_parameters{
    api::Parameter{"seq", "Number of the event.", api::ParameterKind::integer},
    api::Parameter{"size", "Size of the checkpoint; the newest if not given.",
                   api::ParameterKind::integer}};
inline constexpr std::array consistency_parameters{
    api::Parameter{"from", "Events of the shorter chain.", api::ParameterKind::integer},
    api::Parameter{"to", "Events of the longer chain.", api::ParameterKind::integer}};

} // namespace atalaya::audit_log

namespace atalaya::shape {
template <>
struct Described<audit_log::CheckpointView> {
    static const Shape shape;
};
template <>
struct Described<audit_log::StampView> {
    static const Shape shape;
};
template <>
struct Described<audit_log::KeyView> {
    static const Shape shape;
};
template <>
struct Described<audit_log::InclusionView> {
    static const Shape shape;
};
template <>
struct Described<audit_log::ConsistencyView> {
    static const Shape shape;
};
} // namespace atalaya::shape
