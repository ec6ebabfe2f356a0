// The keyring on a disk that loses what was not synced, stopped between every two of its steps.
#include "keyring/keyring.hpp"

#include "base/problems.hpp"
#include "base/text.hpp"

#include <gtest/gtest.h>
#include <map>
#include <set>
#include <thread>

namespace atalaya::keyring {
namespace {

const TeamId team(*parse_uuid("11111111-1111-4111-8111-111111111111"));
const TeamId other_team(*parse_uuid("22222222-2222-4222-8222-222222222222"));
const UserId person(*parse_uuid("33333333-3333-4333-8333-333333333333"));
const Uuid row = *parse_uuid("44444444-4444-4444-8444-444444444444");
const Uuid other_row = *parse_uuid("55555555-5555-4555-8555-555555555555");

struct Stop {};

enum class Outage {
    killed,     ///< the process ended: the kernel still writes everything
    power_cut,  ///< nothing that was not synced is left
    names_only, ///< names were written, contents that were not synced are empty
};

/// What is on the disk now, and what would be after an outage.
class SimulatedDisk {
  public:
    struct Content {
        Bytes now;
        Bytes durable;
    };
    using Names = std::map<std::string, std::shared_ptr<Content>>;

    std::unique_ptr<KeyDisk> attach();

    /// Throws Stop instead of taking the step after `steps` more.
    void stop_after(int steps) { steps_left_ = steps; }
    void step() {
        if (steps_left_-- == 0) {
            throw Stop{};
        }
    }
    void suffer(Outage outage) {
        steps_left_ = -1;
        if (outage == Outage::power_cut) {
            now = durable;
        }
        for (auto& [path, content] : now) {
            if (outage == Outage::killed) {
                content->durable = content->now;
            } else {
                content->now = content->durable;
            }
        }
        if (outage == Outage::names_only) {
            durable = now;
        }
    }

    Names now;
    Names durable;
    std::set<std::string> folders;

  private:
    int steps_left_ = -1;
};

bool is_in(const std::string& path, const std::string& folder) {
    const std::size_t slash = path.find('/');
    return (slash == path.npos ? "" : path.substr(0, slash)) == folder;
}

class SimulatedKeyDisk final : public KeyDisk {
  public:
    explicit SimulatedKeyDisk(SimulatedDisk& disk) : disk_(disk) {}

    std::string name() const override { return "simulated"; }
    bool writable() const override { return true; }
    std::vector<std::string> list(const std::string& folder) override {
        std::vector<std::string> out;
        for (const auto& [path, content] : disk_.now) {
            if (is_in(path, folder)) {
                out.push_back(path.substr(folder.empty() ? 0 : folder.size() + 1));
            }
        }
        if (folder.empty()) {
            out.insert(out.end(), disk_.folders.begin(), disk_.folders.end());
        }
        return out;
    }
    std::optional<Bytes> read(const std::string& path) override {
        const auto found = disk_.now.find(path);
        return found == disk_.now.end() ? std::nullopt : std::optional(found->second->now);
    }
    void make_folder(const std::string& folder) override {
        disk_.step();
        disk_.folders.insert(folder);
    }
    void write(const std::string& path, BytesView content) override {
        disk_.step();
        ASSERT_FALSE(disk_.now.contains(path));
        disk_.now[path] = std::make_shared<SimulatedDisk::Content>();
        disk_.now[path]->now = to_bytes(content.first(content.size() / 2));
        disk_.step(); // half of it is there
        disk_.now[path]->now = to_bytes(content);
    }
    void sync_file(const std::string& path) override {
        disk_.step();
        disk_.now.at(path)->durable = disk_.now.at(path)->now;
    }
    void rename(const std::string& from, const std::string& to) override {
        disk_.step();
        disk_.now[to] = disk_.now.at(from);
        disk_.now.erase(from);
    }
    void remove(const std::string& path) override {
        disk_.step();
        disk_.now.erase(path);
    }
    void sync_folder(const std::string& folder) override {
        disk_.step();
        std::erase_if(disk_.durable, [&](const auto& entry) { return is_in(entry.first, folder); });
        for (const auto& entry : disk_.now) {
            if (is_in(entry.first, folder)) {
                disk_.durable.insert(entry);
            }
        }
    }

  private:
    SimulatedDisk& disk_;
};

std::unique_ptr<KeyDisk> SimulatedDisk::attach() {
    return std::make_unique<SimulatedKeyDisk>(*this);
}

/// Runs `act` with a stop after every number of steps until it runs through; after each stop and
/// outage `check` sees the disk. Each run starts from what `prepare` leaves.
template <class Prepare, class Act, class Check>
void stop_everywhere(Prepare prepare, Act act, Check check) {
    for (const Outage outage : {Outage::killed, Outage::power_cut, Outage::names_only}) {
        bool finished = false;
        int stops = 0;
        for (; !finished; ++stops) {
            SCOPED_TRACE("outage " + std::to_string(static_cast<int>(outage)) + ", stop " +
                         std::to_string(stops));
            ASSERT_LT(stops, 200);
            SimulatedDisk disk;
            prepare(disk);
            disk.stop_after(stops);
            try {
                act(disk);
                finished = true;
            } catch (const Stop&) {
            }
            disk.suffer(outage);
            check(disk, finished);
        }
        EXPECT_GT(stops, 2);
    }
}

class KeyringTest : public testing::Test {
  protected:
    std::unique_ptr<Keyring> open() { return std::make_unique<Keyring>(disk.attach(), random); }

    SystemRandom random;
    SimulatedDisk disk;
};

TEST_F(KeyringTest, SealsAndOpensAlsoAfterBeingOpenedAnew) {
    Bytes blob;
    Secret pepper;
    crypto::Hash index;
    {
        const auto keyring = open();
        keyring->create_key(team);
        blob = keyring->seal(team, "server.body", row, as_bytes("db-1.example.com"));
        pepper = keyring->system_key("pepper");
        index = keyring->blind_index(team, "server.name", "db-1");
        EXPECT_EQ(keyring->open_sealed(team, "server.body", row, blob),
                  to_bytes("db-1.example.com"));
    }
    const auto keyring = open();
    EXPECT_EQ(keyring->open_sealed(team, "server.body", row, blob), to_bytes("db-1.example.com"));
    EXPECT_EQ(to_bytes(keyring->system_key("pepper").reveal()), to_bytes(pepper.reveal()));
    EXPECT_EQ(keyring->blind_index(team, "server.name", "db-1"), index);
    EXPECT_EQ(pepper.reveal().size(), 32u);
    EXPECT_TRUE(keyring->list_damage().empty());
}

TEST_F(KeyringTest, ABlobOpensOnlyWhereItWasSealed) {
    const auto keyring = open();
    keyring->create_key(team);
    keyring->create_key(other_team);
    keyring->create_key(person);
    const Bytes blob = keyring->seal(team, "server.body", row, as_bytes("plain"));
    EXPECT_EQ(blob.size(), 1u + 4u + 24u + 5u + 16u);
    EXPECT_TRUE(keyring->open_sealed(team, "server.body", row, blob));
    EXPECT_FALSE(keyring->open_sealed(other_team, "server.body", row, blob));
    EXPECT_FALSE(keyring->open_sealed(UserId(team), "server.body", row, blob));
    EXPECT_FALSE(keyring->open_sealed(person, "server.body", row, blob));
    EXPECT_FALSE(keyring->open_sealed(team, "server.note", row, blob));
    EXPECT_FALSE(keyring->open_sealed(team, "server.body", other_row, blob));
    for (std::size_t i = 0; i < blob.size(); ++i) {
        Bytes altered = blob;
        altered[i] ^= 1;
        EXPECT_FALSE(keyring->open_sealed(team, "server.body", row, altered)) << i;
        EXPECT_FALSE(keyring->open_sealed(team, "server.body", row, BytesView(blob).first(i)));
    }
    EXPECT_NE(keyring->seal(team, "server.body", row, as_bytes("plain")), blob);
}

TEST_F(KeyringTest, BlindIndexesAreEqualOnlyForTheSameTeamPurposeAndValue) {
    const auto keyring = open();
    keyring->create_key(team);
    keyring->create_key(other_team);
    std::set<crypto::Hash> all;
    for (int round = 0; round < 2; ++round) {
        all.insert(keyring->blind_index(team, "server.name", "db-1"));
        all.insert(keyring->blind_index(team, "server.name", "db-2"));
        all.insert(keyring->blind_index(team, "site.name", "db-1"));
        all.insert(keyring->blind_index(other_team, "server.name", "db-1"));
        all.insert(keyring->system_blind_index("server.name", "db-1"));
        all.insert(keyring->system_blind_index("user.email", "db-1"));
        all.insert(keyring->system_blind_index("user.email", "db-2"));
    }
    EXPECT_EQ(all.size(), 7u);
}

TEST_F(KeyringTest, ADestroyedKeyOpensNothingAndSealsNothing) {
    const auto keyring = open();
    keyring->create_key(team);
    keyring->create_key(person);
    const Bytes blob = keyring->seal(team, "server.body", row, as_bytes("plain"));
    const Bytes of_person = keyring->seal(person, "user.body", row, as_bytes("ada@example.com"));
    keyring->destroy_key(team);
    keyring->destroy_key(team);
    EXPECT_FALSE(keyring->has_key(team));
    EXPECT_FALSE(keyring->open_sealed(team, "server.body", row, blob));
    EXPECT_THROW(keyring->seal(team, "server.body", row, {}), Problem);
    EXPECT_THROW(keyring->blind_index(team, "server.name", "db-1"), Problem);
    EXPECT_TRUE(keyring->open_sealed(person, "user.body", row, of_person));
    keyring->create_key(team); // a new key, not the old one
    EXPECT_FALSE(keyring->open_sealed(team, "server.body", row, blob));
}

TEST_F(KeyringTest, CreatingAKeyThatExistsKeepsIt) {
    const auto keyring = open();
    keyring->create_key(team);
    const Bytes blob = keyring->seal(team, "server.body", row, as_bytes("plain"));
    keyring->create_key(team);
    EXPECT_TRUE(open()->open_sealed(team, "server.body", row, blob));
}

TEST_F(KeyringTest, ThreadsShareIt) {
    const auto keyring = open();
    const auto work = [&] {
        for (int round = 0; round < 300; ++round) {
            const TeamId mine(random.uuid());
            keyring->create_key(mine);
            const Bytes blob = keyring->seal(mine, "server.body", row, as_bytes("plain"));
            ASSERT_TRUE(keyring->open_sealed(mine, "server.body", row, blob));
            keyring->destroy_key(mine);
            ASSERT_FALSE(keyring->open_sealed(mine, "server.body", row, blob));
            keyring->system_key("shared");
        }
    };
    std::thread first(work);
    std::thread second(work);
    first.join();
    second.join();
}

std::string refusal(SimulatedDisk& disk) {
    SystemRandom random;
    try {
        Keyring keyring(disk.attach(), random);
    } catch (const KeyringRefused& refused) {
        return refused.what();
    }
    return "";
}

TEST_F(KeyringTest, RefusesWhatItCannotTrust) {
    open()->create_key(team);
    const auto spoilt = [&](auto spoil) {
        SimulatedDisk copy;
        copy.folders = disk.folders;
        for (const auto& [path, content] : disk.now) {
            copy.now[path] = std::make_shared<SimulatedDisk::Content>(*content);
        }
        spoil(copy.now);
        return refusal(copy);
    };
    using Names = SimulatedDisk::Names;
    const auto content = [](Bytes bytes) {
        return std::make_shared<SimulatedDisk::Content>(SimulatedDisk::Content{bytes, bytes});
    };
    EXPECT_EQ(spoilt([](Names&) {}), "");
    EXPECT_EQ(spoilt([](Names& names) { names.erase("kek"); }),
              "keyring simulated: kek is missing but keys exist; restore kek from its backup");
    EXPECT_EQ(spoilt([](Names& names) { names["kek"]->now.pop_back(); }),
              "keyring simulated: kek is damaged (31 bytes instead of 32)");
    EXPECT_EQ(
        spoilt([](Names& names) { names["kek"]->now[5] ^= 1; }),
        "keyring simulated: system/kek_check.key is altered or was not sealed under this kek");
    EXPECT_EQ(spoilt([](Names& names) { names["system/kek_check.key"]->now.pop_back(); }),
              "keyring simulated: system/kek_check.key is damaged");
    EXPECT_EQ(spoilt([&](Names& names) { names["PG_VERSION"] = content({}); }),
              "keyring simulated: PG_VERSION does not belong here; is this the right directory?");
    EXPECT_EQ(spoilt([&](Names& names) { names["system/Notes"] = content({}); }),
              "keyring simulated: system/Notes does not belong here");
}

TEST_F(KeyringTest, AKeyFileInAnothersPlaceIsRefused) {
    const auto keyring = open();
    keyring->create_key(team);
    const std::string path = "teams/" + to_string(team) + ".key";
    disk.now["teams/" + to_string(other_team) + ".key"] = disk.now.at(path);
    disk.now["persons/" + to_string(team) + ".key"] = disk.now.at(path);
    disk.now["teams/README"] = disk.now.at(path);
    EXPECT_THROW(keyring->has_key(other_team), KeyringRefused);
    EXPECT_THROW(keyring->seal(UserId(team), "user.body", row, {}), KeyringRefused);
    EXPECT_EQ(keyring->list_damage().size(), 3u);
}

TEST_F(KeyringTest, TheFirstOpeningMayStopAnywhere) {
    stop_everywhere([](SimulatedDisk&) {}, [&](SimulatedDisk& at) { Keyring(at.attach(), random); },
                    [&](SimulatedDisk& at, bool) {
                        EXPECT_EQ(refusal(at), "");
                        for (const auto& [path, content] : at.now) {
                            EXPECT_FALSE(path.ends_with(".new")) << path;
                        }
                    });
}

TEST_F(KeyringTest, CreatingMayStopAnywhereAndIsDurableOnceItReturned) {
    std::optional<Bytes> blob; // sealed only after the key was made
    stop_everywhere(
        [&](SimulatedDisk& at) { Keyring(at.attach(), random); },
        [&](SimulatedDisk& at) {
            blob.reset();
            Keyring keyring(at.attach(), random);
            keyring.create_key(team);
            keyring.system_key("pepper");
            blob = keyring.seal(team, "server.body", row, as_bytes("plain"));
        },
        [&](SimulatedDisk& at, bool finished) {
            Keyring keyring(at.attach(), random);
            ASSERT_EQ(finished, blob.has_value());
            if (finished) {
                EXPECT_TRUE(keyring.open_sealed(team, "server.body", row, *blob));
                return;
            }
            // The act can be repeated, and what it makes outlasts the worst outage after it.
            keyring.create_key(team);
            const Bytes later = keyring.seal(team, "server.body", row, as_bytes("plain"));
            at.suffer(Outage::power_cut);
            EXPECT_TRUE(Keyring(at.attach(), random).open_sealed(team, "server.body", row, later));
        });
}

TEST_F(KeyringTest, DestroyingMayStopAnywhereAndIsForGoodOnceItReturned) {
    Bytes blob;
    stop_everywhere(
        [&](SimulatedDisk& at) {
            Keyring keyring(at.attach(), random);
            keyring.create_key(team);
            blob = keyring.seal(team, "server.body", row, as_bytes("plain"));
        },
        [&](SimulatedDisk& at) { Keyring(at.attach(), random).destroy_key(team); },
        [&](SimulatedDisk& at, bool finished) {
            Keyring keyring(at.attach(), random);
            if (finished) {
                EXPECT_FALSE(keyring.has_key(team));
            }
            EXPECT_EQ(keyring.open_sealed(team, "server.body", row, blob).has_value(),
                      keyring.has_key(team));
        });
}

} // namespace
} // namespace atalaya::keyring
