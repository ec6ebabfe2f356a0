#include "bench/chain_rate.hpp"

#include "audit/chain.hpp"
#include "audit/reader.hpp"
#include "audit/recorder.hpp"
#include "bench/processor_time.hpp"
#include "db/tx.hpp"

#include <algorithm>
#include <functional>
#include <stdexcept>

namespace atalaya::bench {
namespace {

constexpr std::int64_t stored_length = 50'000;
constexpr std::string_view subject =
    R"({"actor":"018f3c5e-0000-7000-8000-000000000001","ip":"192.0.2.45","name":"Ada Example",)"
    R"("request_id":"req_0123456789abcdef",)"
    R"("user_agent":"Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"})";
constexpr std::string_view detail =
    R"({"changes":[{"field":"note","before":"the note before","after":"the note after"}],)"
    R"("name":"Left door"})";

/// Processor time of this thread: other programs on the machine do not count.
double seconds_of(const std::function<void()>& work) {
    const double start = seconds_on(CLOCK_THREAD_CPUTIME_ID);
    work();
    return seconds_on(CLOCK_THREAD_CPUTIME_ID) - start;
}

void demand(const audit::Report& report, std::int64_t length) {
    if (!report.ok || report.checked != length)
        throw std::runtime_error("the chain does not hold: " + report.reason);
}

std::vector<audit::Link> make_links(const Secret& seal_key, const TeamId& chain, std::int64_t count,
                                    SystemRandom& random) {
    std::vector<audit::Link> links;
    audit::Hash previous = audit::genesis(chain);
    for (std::int64_t seq = 1; seq <= count; ++seq) {
        audit::Header header{chain,
                             seq,
                             random.uuid(),
                             {},
                             "thing.update",
                             audit::Outcome::ok,
                             audit::ActorKind::user,
                             "thing",
                             random.uuid()};
        audit::Link link;
        link.header = audit::encode_header(header);
        link.columns = header;
        for (const audit::Part part : audit::parts) {
            const auto body = part == audit::Part::subject ? subject : detail;
            audit::PartState state{audit::PartState::Kind::open, {}, to_bytes(body)};
            random.fill(state.salt);
            link.commits.push_back(audit::commit(state.salt, part, chain, seq, as_bytes(body)));
            link.parts.push_back(std::move(state));
        }
        link.previous = previous;
        link.row_hash = previous = audit::row_hash(previous, link.header, link.commits);
        link.seal = audit::seal(seal_key, link.header, link.commits);
        links.push_back(std::move(link));
    }
    return links;
}

/// Until the chain of this team is as long as that.
void lengthen(Stage& stage, db::Connection& connection, const TeamId& team, std::int64_t length) {
    constexpr std::int64_t at_once = 500;
    const db::Scope scope{team, stage.person};
    for (;;) {
        const std::int64_t seq =
            db::transact(connection, scope, [](db::Tx& tx) { return audit::find_head(tx)->seq; });
        if (seq >= length)
            return;
        db::run_transaction(connection, scope, [&](db::Tx& tx) {
            audit::Recorder recorder(stage.heads, *stage.sealer, stage.seal_key, stage.clock,
                                     stage.random, stage.actor());
            for (std::int64_t i = seq; i < std::min(length, seq + at_once); ++i)
                recorder.add(team, describe_update(stage.things.front()));
            recorder.append_to(tx);
            tx.commit();
            recorder.committed();
        });
    }
}

/// What SHA-256 takes in for one link: the link itself, the seal, the commitments with the paddings
/// of their HMACs.
std::size_t hashed_bytes(const audit::Link& link) {
    constexpr std::size_t hmac = 64 + 64 + 32; // two padded keys, and the inner hash again
    const std::size_t commits = 32 * link.commits.size();
    std::size_t bytes = 1 + 32 + 8 + link.header.size() + 1 + commits;
    bytes += hmac + 1 + 8 + link.header.size() + 1 + commits;
    for (const audit::PartState& part : link.parts)
        bytes += hmac + 1 + 1 + 16 + 8 + 8 + part.body.size();
    return bytes;
}

} // namespace

ChainRate measure_chain(Stage& stage, std::int64_t links) {
    ChainRate rate;
    db::Connection connection(stage.connection_options());
    const TeamId team = stage.teams.front();
    const auto verify = [&](db::Tx& tx) {
        rate.events = audit::find_head(tx)->seq;
        const double before = seconds_of_process(connection.backend_pid());
        const double own = seconds_of(
            [&] { demand(audit::verify_chain(tx, *stage.sealer, stage.seal_key), rate.events); });
        const double database = seconds_of_process(connection.backend_pid()) - before;
        rate.stored_per_s = static_cast<double>(rate.events) / (own + database);
        rate.database_share = database / (own + database);
    };
    lengthen(stage, connection, team, stored_length);
    db::run_transaction(connection, {team, stage.person}, verify);

    const auto chain = make_links(stage.seal_key, team, links, stage.random);
    rate.links = links;
    audit::ChainVerifier verifier(team, &stage.seal_key);
    const double taken = seconds_of([&] {
        for (const audit::Link& link : chain)
            verifier.step(link);
    });
    demand(verifier.report(), links);
    rate.links_per_s = static_cast<double>(links) / taken;

    std::size_t bytes = 0;
    for (const audit::Link& link : chain)
        bytes += hashed_bytes(link);
    const Bytes buffer(16 * 1024);
    crypto::Sha256 hash;
    const double bound = seconds_of([&] {
        for (std::size_t left = bytes; left > 0; left -= std::min(left, buffer.size()))
            hash.update(BytesView(buffer).first(std::min(left, buffer.size())));
        hash.finish();
    });
    rate.bound_per_s = static_cast<double>(links) / bound;
    return rate;
}

} // namespace atalaya::bench
