// Witnesses of the record as its owners see them, asked by the server's own courier; the witness is
// the one of `atalaya-verify witness`, without its socket.
#include "api/team_test.hpp"
#include "audit/signer_desk.hpp"
#include "audit/witness.hpp"

namespace atalaya::apitest {
namespace {

using audit::Checkpoint;

const Secret witness_seed(Bytes(32, 5));
const audit::NoteKey witness_key{"witness.example", audit::SignatureType::cosignature,
                                 crypto::ed25519_public_key(witness_seed)};

/// A witness of every log that a signer has, and what it remembers.
struct Watcher {
    std::mutex mutex;
    std::map<std::string, Checkpoint> memory;
    std::vector<audit::WatchedLog> logs;
    int asked = 0;

    egress::Outcome answer(const egress::Request& request) {
        const std::lock_guard lock(mutex);
        ++asked;
        if (request.url != "https://witness.example.com/of/ada/add-checkpoint")
            return egress::Answer{404, "text/plain", ""};
        audit::Witness witness(witness_key, witness_seed, logs,
                               {[this](const std::string& origin) {
                                    const auto found = memory.find(origin);
                                    return found == memory.end() ? std::nullopt
                                                                 : std::optional(found->second);
                                },
                                [this](const Checkpoint& checkpoint, const audit::Note&) {
                                    memory[checkpoint.origin] = checkpoint;
                                }});
        const auto said = witness.add_checkpoint(request.body, SystemClock().now());
        return egress::Answer{said.status, said.type, said.body};
    }
};

class AuditWitnesses : public TeamTest {
  protected:
    void SetUp() override {
        TeamTest::SetUp();
        if (!watcher)
            watcher = std::make_shared<Watcher>();
        house->provider().witness = [](const egress::Request& request) {
            return watcher->answer(request);
        };
        desk_.emplace(house->instance().connection_options("atalaya_signer"));
        name_ = "example.com/" + std::to_string(made);
        signer_.emplace(seed_, audit::SignerState{name_, {}, {}}, true, std::chrono::seconds(0));
        const std::lock_guard lock(watcher->mutex);
        const audit::NoteKey key = audit::signer_key(name_, seed_, {ada.team, 0});
        watcher->logs = {{key.name, key}};
        watcher->memory.clear();
    }
    /// Something happens, and is signed for; the size of the checkpoint.
    std::int64_t sign() {
        call(ada, "POST", "/servers", body({{"name", "web-" + std::to_string(++servers_)}}));
        while (!audit::run_round(
            *desk_, *signer_, [](const auto&) {}, {}, 1000)) {
        }
        return signer_->state().chains.at({ada.team, 0}).frontier.size();
    }
    Answer create(const std::string& vkey, const std::string& url) {
        return call(ada, "POST", "/audit/witnesses",
                    body({{"name", "auditor"}, {"vkey", vkey}, {"url", url}}));
    }
    std::string register_witness(const audit::NoteKey& key = witness_key) {
        const Answer answer = create(audit::to_vkey(key), "https://witness.example.com/of/ada");
        EXPECT_EQ(answer.status, 201) << answer.body;
        return "/audit/witnesses/" + text(answer.json(), "id");
    }
    Json await_state(const std::string& path, const std::string& state) {
        return await(path, [&](const Json& one) { return text(one, "state") == state; });
    }
    void retry_now() {
        database().run("update app.audit_witness_progress set next_try_at = now()");
    }

    static inline std::shared_ptr<Watcher> watcher;
    const Secret seed_{Bytes(32, 4)};
    std::string name_;
    std::optional<db::Connection> desk_;
    std::optional<audit::Signer> signer_;
    int servers_ = 0;
};

TEST_F(AuditWitnesses, AreRegisteredAndTakenAwayOnTheRecord) {
    const std::string path = register_witness();
    EXPECT_EQ(text(call(ada, "GET", path).json(), "vkey"), audit::to_vkey(witness_key));
    EXPECT_EQ(create(audit::to_vkey(witness_key), "https://other.example/").status, 409);
    EXPECT_EQ(call(ada, "GET", "/audit/witnesses").json().find("data")->if_array()->size(), 1u);
    EXPECT_EQ(call(ada, "DELETE", path).status, 204);
    EXPECT_EQ(call(ada, "GET", path).status, 404);
    EXPECT_EQ(events("audit_witness.create").size(), 1u);
    EXPECT_EQ(events("audit_witness.delete").size(), 1u);
}

TEST_F(AuditWitnesses, AreForThoseWhoMayExportAndProveToBePresent) {
    const std::string path = register_witness();
    const Browser bob = member("bob", "member");
    EXPECT_EQ(call(bob, "GET", "/audit/witnesses").status, 403);
    EXPECT_EQ(call(bob, "DELETE", path).status, 403);
    EXPECT_EQ(call(person("eve"), "GET", path).status, 404);
    house->clock().advance(std::chrono::minutes(11));
    EXPECT_EQ(call(ada, "DELETE", path).code(), "step_up_required");
}

TEST_F(AuditWitnesses, RefuseWhatIsNoKeyOrNoAddress) {
    audit::NoteKey log = witness_key;
    log.type = audit::SignatureType::ed25519; // of a log, not of a witness
    const std::string key = audit::to_vkey(witness_key), url = "https://witness.example.com/";
    const std::pair<std::string, std::string> bad[] = {
        {"x", url},          {audit::to_vkey(log), url}, {key + "A", url},
        {key, "http://w.x"}, {key, "https://a:b@w.x/"},  {key, "https://w.x/?a=b"}};
    for (const auto& [vkey, address] : bad)
        EXPECT_EQ(create(vkey, address).status, 422) << vkey << " " << address;
}

TEST_F(AuditWitnesses, CosignEachCheckpoint) {
    const std::string path = register_witness();
    EXPECT_EQ(text(call(ada, "GET", path).json(), "state"), "waiting");
    for (int round = 0; round < 3; ++round) {
        const std::int64_t size = sign();
        const Json shown =
            await(path, [&](const Json& one) { return *one.find("size")->if_integer() == size; });
        EXPECT_EQ(text(shown, "state"), "cosigning");
        const Json newest =
            call(ada, "GET", "/audit/checkpoints?limit=1").json().find("data")->if_array()->front();
        const auto note = audit::parse_note(text(newest, "note")).value();
        EXPECT_TRUE(audit::is_signed_by(witness_key, note));
        EXPECT_TRUE(audit::is_signed_by(watcher->logs.front().key, note));
    }
    call(ada, "DELETE", path);
    const Json kept = call(ada, "GET", "/audit/checkpoints?limit=1").json();
    EXPECT_TRUE(audit::is_signed_by(
        witness_key,
        audit::parse_note(text(kept.find("data")->if_array()->front(), "note")).value()));
}

TEST_F(AuditWitnesses, WhoSignWithAnotherKeyCountForNothing) {
    audit::NoteKey other = witness_key;
    other.key = crypto::ed25519_public_key(Secret(Bytes(32, 6)));
    const std::string path = register_witness(other);
    sign();
    const Json shown = await_state(path, "failing");
    EXPECT_EQ(text(shown, "failure"), "What it answered is not signed by its key.");
    const Json newest = call(ada, "GET", "/audit/checkpoints?limit=1").json();
    EXPECT_EQ(audit::parse_note(text(newest.find("data")->if_array()->front(), "note"))
                  .value()
                  .signatures.size(),
              1u);
}

TEST_F(AuditWitnesses, WhoDoNotKnowTheLogAreToldItsKey) {
    {
        const std::lock_guard lock(watcher->mutex);
        watcher->logs.clear();
    }
    const std::string path = register_witness();
    sign();
    const std::string vkey = audit::to_vkey(audit::signer_key(name_, seed_, {ada.team, 0}));
    EXPECT_NE(text(await_state(path, "failing"), "failure").find(vkey), std::string::npos);
    EXPECT_TRUE(events("audit_witness.refuse").empty());
}

TEST_F(AuditWitnesses, RefuseAForkAndAnOlderRecordAndThatIsOnTheRecord) {
    const std::string path = register_witness();
    sign();
    await_state(path, "cosigning");
    Checkpoint sound;
    {
        const std::lock_guard lock(watcher->mutex);
        sound = watcher->memory.begin()->second;
        watcher->memory.begin()->second.root.front() ^= 1;
    }
    sign();
    EXPECT_NE(text(await_state(path, "refused"), "failure").find("another history"),
              std::string::npos);
    EXPECT_EQ(events("audit_witness.refuse").size(), 1u);
    {
        const std::lock_guard lock(watcher->mutex);
        watcher->memory.begin()->second = {sound.origin, sound.size + 1000, sound.root};
    }
    retry_now();
    await(path, [](const Json& one) {
        return text(one, "failure").find("the newest checkpoint has") != std::string::npos;
    });
    EXPECT_EQ(events("audit_witness.refuse").size(), 1u); // it stays one refusal
    {
        const std::lock_guard lock(watcher->mutex);
        watcher->memory.begin()->second = sound;
    }
    retry_now();
    await_state(path, "cosigning");
}

TEST_F(AuditWitnesses, LostAnswersAreAskedForAgain) {
    const std::string path = register_witness();
    sign();
    await_state(path, "cosigning");
    database().run("update app.audit_witness_progress set size = 1, attempts = 1");
    sign(); // the witness says 409 and its size, and gets a proof from there
    await_state(path, "cosigning");
}

} // namespace
} // namespace atalaya::apitest
