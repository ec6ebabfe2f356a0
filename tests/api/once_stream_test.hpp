// How collectors and witnesses of the record are changed, for the walk that sends every change
// twice.
#pragma once

#include "api/once_trust_test.hpp"
#include "audit/note.hpp"

namespace atalaya::apitest {

inline void add_stream_requests(std::map<std::string, std::function<Sent()>>& out, House& house,
                                const Browser& owner) {
    const std::string audit = base(owner) + "/audit";
    const std::string draft = write({{"name", "a collector"},
                                     {"kind", "webhook"},
                                     {"url", "https://siem.example.com/in"},
                                     {"from_start", false}});
    const auto add_stream = [=, &house] {
        const shape::Json made = house.call(owner, "POST", audit + "/streams", draft).json();
        return audit + "/streams/" + text(*made.find("stream"), "id");
    };
    const std::string streams = "/api/v1/teams/{team}/audit/streams";
    out["POST " + streams] = [=] { return Sent{owner, audit + "/streams", draft}; };
    out["PATCH " + streams + "/{stream}"] = [=] {
        return Sent{owner, add_stream(), write({{"name", "another name"}})};
    };
    out["DELETE " + streams + "/{stream}"] = [=] { return Sent{owner, add_stream(), ""}; };
    out["POST " + streams + "/{stream}/test"] = [=] {
        return Sent{owner, add_stream() + "/test", ""};
    };

    const auto witness_draft = [] {
        static int made_keys = 0;
        const audit::NoteKey key{
            "w.example/" + std::to_string(++made_keys), audit::SignatureType::cosignature, {}};
        return write({{"name", "w"}, {"vkey", to_vkey(key)}, {"url", "https://w.example.com"}});
    };
    const std::string witnesses = "/api/v1/teams/{team}/audit/witnesses";
    out["POST " + witnesses] = [=] { return Sent{owner, audit + "/witnesses", witness_draft()}; };
    out["DELETE " + witnesses + "/{witness}"] = [=, &house] {
        const shape::Json made =
            house.call(owner, "POST", audit + "/witnesses", witness_draft()).json();
        return Sent{owner, audit + "/witnesses/" + text(made, "id"), ""};
    };
}

} // namespace atalaya::apitest
