// A sound chain of any length, made without a database. For tests of this room and the fuzz target.
#pragma once

#include "audit/bundle.hpp"

namespace atalaya::audit {

inline const TeamId test_team{parse_uuid("11111111-1111-1111-1111-111111111111").value()};

/// Events 1 to `length`, all of them parts open.
inline std::vector<Link> make_links(std::int64_t length) {
    std::vector<Link> links;
    Hash previous = genesis(test_team);
    for (std::int64_t seq = 1; seq <= length; ++seq) {
        Uuid event_id;
        event_id.bytes[15] = static_cast<std::uint8_t>(seq);
        const Header header{test_team,
                            seq,
                            event_id,
                            {1'000'000 * seq},
                            seq == length ? "audit.tombstone" : "server.update",
                            Outcome::ok,
                            ActorKind::user,
                            "server",
                            event_id};
        Link link;
        link.header = encode_header(header);
        for (const Part part : parts) {
            PartState state{
                PartState::Kind::open, {}, to_bytes("{\"n\":" + std::to_string(seq) + "}")};
            state.salt.fill(static_cast<std::uint8_t>(2 * seq + static_cast<int>(part)));
            link.commits.push_back(commit(state.salt, part, test_team, seq, state.body));
            link.parts.push_back(state);
        }
        link.previous = previous;
        link.row_hash = previous = row_hash(previous, link.header, link.commits);
        links.push_back(std::move(link));
    }
    return links;
}

/// Events `from` to `to` of a chain of `length` events, whose last is a tombstone.
inline Bundle make_bundle(std::int64_t from, std::int64_t to, std::int64_t length) {
    std::vector<Link> links = make_links(length);
    Bundle bundle;
    bundle.manifest = {test_team,       0,         from, to, {}, length, links.back().row_hash,
                       Time{1'000'000}, "Example", "1"};
    bundle.manifest.previous = links[static_cast<std::size_t>(from - 1)].previous;
    for (std::int64_t seq = from; seq <= to; ++seq)
        bundle.events.push_back({seq, links[static_cast<std::size_t>(seq - 1)]});
    return bundle;
}

} // namespace atalaya::audit
