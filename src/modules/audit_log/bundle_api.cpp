#include "modules/audit_log/bundle_api.hpp"

#include "audit/exporter.hpp"
#include "audit/reader.hpp"
#include "base/check.hpp"
#include "config/config.hpp"

#include <algorithm>

namespace atalaya::audit_log {
namespace {

/// Throws Problem `invalid` unless the wish fits a chain that ends at `last`.
void check_wish(const BundleWish& wish, std::int64_t last) {
    const std::int64_t from = wish.from_seq.value_or(1), to = wish.to_seq.value_or(last);
    const char* const field = wish.to_seq ? "/to_seq" : "/from_seq";
    Problem problem(problems::invalid);
    if (to - from >= audit::bundle_events_max) {
        const std::string limit = std::to_string(audit::bundle_events_max);
        throw problem
            .detail("One bundle holds " + limit + " events, and these are " +
                    std::to_string(to - from + 1) +
                    ". Export them in parts, with from_seq and to_seq.")
            .at(field, "range", "At most " + limit + " events at once.");
    }
    if (to > last)
        throw problem.at("/to_seq", "range", "The chain does not reach that far.");
    if (from > to)
        throw problem.at(field, "range", "The last event comes before the first.");
}

/// What was asked for; the end of the chain is this very event.
shape::Json wish_as_changes(const BundleWish& wish) {
    const auto entry = [](const char* name, const std::optional<std::int64_t>& value) {
        return shape::json_object({{"field", name},
                                   {"before", nullptr},
                                   {"after", value ? shape::Json(*value) : shape::Json()}});
    };
    return shape::Array{entry("from_seq", wish.from_seq), entry("to_seq", wish.to_seq)};
}

std::string instance_name(const config::Config& config) {
    const std::string& url = config.server.public_url;
    const bool printable =
        std::all_of(url.begin(), url.end(), [](char c) { return c >= ' ' && c <= '~'; });
    return url.empty() || url.size() > 200 || !printable ? "Atalaya" : url;
}

} // namespace

net::Response make_bundle(api::SlowCall& call, const BundleWish& wish) {
    const auto team = call.incoming.path.id<TeamId>("team");
    const db::Scope scope{team, call.caller().user};
    // First the event, then the reading: nothing leaves without being on the record, the bundle
    // holds its own export, and the receipt of this answer proves where the bundle ends.
    call.transact(scope, {team}, [&](api::Call& inner) {
        check_wish(wish, audit::get_head(inner.tx).seq + 1);
        inner.record("audit.export", "chain", team, wish_as_changes(wish));
    });
    CHECK_REQUEST(!call.receipts.empty());
    const std::int64_t from = wish.from_seq.value_or(1);
    const std::int64_t to = wish.to_seq.value_or(call.receipts.back().seq);
    audit::Bundle bundle = call.transact(scope, {}, [&](api::Call& inner) {
        return audit::read_bundle(inner.tx, inner.services.payload_sealer, from, to);
    });
    bundle.manifest.exported_at = call.services.clock.now();
    bundle.manifest.instance_name = instance_name(call.services.config);
    bundle.manifest.instance_version = ATALAYA_VERSION;
    const Bytes bytes = audit::encode_bundle(bundle);

    net::Response response;
    response.headers.push_back({"Content-Type", "application/zip"});
    response.headers.push_back({"Content-Disposition", "attachment; filename=\"audit-" +
                                                           std::to_string(from) + "-" +
                                                           std::to_string(to) + ".zip\""});
    response.body = as_text(bytes);
    return response;
}

} // namespace atalaya::audit_log
