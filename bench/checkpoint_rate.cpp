#include "bench/checkpoint_rate.hpp"

#include "audit/signer_desk.hpp"
#include "base/text.hpp"
#include "bench/processor_time.hpp"
#include "db/tx.hpp"

#include <fcntl.h>
#include <stdexcept>
#include <unistd.h>

namespace atalaya::bench {
namespace {

constexpr std::size_t rounds = 60;

/// As the signer does it with its memory.
void write_durably(const std::filesystem::path& path, const Bytes& content) {
    const std::string fresh = path.string() + ".new";
    const int handle = open(fresh.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    const bool written =
        handle >= 0 &&
        write(handle, content.data(), content.size()) == static_cast<ssize_t>(content.size()) &&
        fsync(handle) == 0;
    if (handle >= 0)
        close(handle);
    if (!written)
        throw std::runtime_error("cannot write " + fresh);
    std::filesystem::rename(fresh, path);
}

void append_event(Stage& stage, db::Connection& connection, const TeamId& team) {
    db::run_transaction(connection, {team, stage.person}, [&](db::Tx& tx) {
        audit::Recorder recorder(stage.heads, *stage.sealer, stage.seal_key, stage.clock,
                                 stage.random, stage.actor());
        recorder.add(team, describe_update(stage.things.front()));
        recorder.append_to(tx);
        tx.commit();
        recorder.committed();
    });
}

} // namespace

CheckpointRate measure_checkpoints(Stage& stage, std::size_t teams) {
    stage.add_teams(teams);
    db::Connection changing(stage.connection_options());
    db::ConnectionOptions options = stage.connection_options();
    options.role = "atalaya_signer";
    db::Connection desk(std::move(options));
    // No pause between two checkpoints of a chain: who has an event is due.
    audit::Signer signer(Secret(stage.random.bytes(crypto::ed25519_seed_size)),
                         {"bench.example/" + to_hex(stage.random.bytes(4)), {}, {}}, true,
                         std::chrono::seconds(0));
    const auto keep = [&](const audit::SignerState& state) {
        write_durably(stage.directory() / "signer-state", audit::encode_state(state));
    };
    const auto sign = [&] {
        while (!audit::run_round(desk, signer, keep)) {
        }
        if (!signer.alarms().empty())
            throw std::runtime_error("a chain is not signed: " + signer.alarms().front().reason);
    };
    for (std::size_t team = 0; team < teams; ++team)
        append_event(stage, changing, stage.teams[team]);
    sign();
    CheckpointRate rate;
    for (std::size_t round = 0; round < rounds; ++round) {
        for (std::size_t team = round; team < teams; team += rounds)
            append_event(stage, changing, stage.teams[team]);
        const double own = seconds_on(CLOCK_THREAD_CPUTIME_ID);
        const double database = seconds_of_process(desk.backend_pid());
        sign();
        rate.signer_s += seconds_on(CLOCK_THREAD_CPUTIME_ID) - own;
        rate.database_s += seconds_of_process(desk.backend_pid()) - database;
    }
    return rate;
}

} // namespace atalaya::bench
