// A chain to test on: a database with an audited table, keys, and one person who changes things.
// For this room's `*_pgtest.cpp` only.
#pragma once

#include "audit/keyring_sealer.hpp"
#include "audit/reader.hpp"
#include "audit/recorder.hpp"
#include "db/error.hpp"
#include "keyring/keyring.hpp"
#include "support/pgtest.hpp"

#include <gtest/gtest.h>

#include <filesystem>

namespace atalaya::audit {

/// A table such as a module has, and the statements that change it.
inline constexpr std::string_view gadgets = R"(
    set role atalaya_owner;
    create table app.gadgets (team_id uuid not null, id uuid primary key, note text not null,
                              unique (team_id, id));
    select ctl.protect('app.gadgets');
    select ctl.audit('app.gadgets');
)";
inline constexpr std::array<std::string_view, 3> put_params{"team", "id", "note"};
inline const db::Statement put_gadget{"test.put_gadget",
                                      "insert into app.gadgets values ($1, $2, $3) "
                                      "on conflict (id) do update set note = excluded.note",
                                      put_params, true};

class Audit : public ::testing::Test {
  protected:
    Audit() {
        database_.as_superuser(gadgets);
        for (const TeamId& team : {team_, other_team_})
            keyring_->create_key(team);
        keyring_->create_key(ada_);
        for (const TeamId& team : {team_, other_team_})
            db::transact(connection_, {team, UserId{}}, [&](db::Tx& tx) { open_chain(tx, team); });
    }
    ~Audit() override { std::filesystem::remove_all(directory_); }

    static std::filesystem::path make_directory() {
        std::string name = (std::filesystem::temp_directory_path() / "audit_XXXXXX").string();
        CHECK(mkdtemp(name.data()) != nullptr);
        return name;
    }

    Actor ada() const {
        return {.kind = ActorKind::user, .user = ada_, .name = "Ada", .ip = "203.0.113.45"};
    }

    /// One audited change, as a handler makes it.
    std::vector<Receipt> change(std::string_view note, std::vector<Event> events = {updated()}) {
        return db::transact(connection_, {team_, ada_}, [&](db::Tx& tx) {
            Recorder recorder(heads_, sealer_, seal_key_, clock_, random_, ada());
            tx.defer(put_gadget, {{"team", team_}, {"id", gadget_}, {"note", note}});
            for (Event& event : events)
                recorder.add(team_, event);
            recorder.append_to(tx);
            tx.commit();
            return recorder.committed();
        });
    }
    static Event updated() {
        Event event{
            .action = "gadget.update", .resource_type = "gadget", .resource_name = "Left door"};
        event.changes.push(
            shape::json_object({{"field", "note"}, {"before", "a"}, {"after", "b"}}));
        return event;
    }

    Report verify(std::optional<std::int64_t> last = std::nullopt) {
        return db::transact(connection_, {team_, ada_},
                            [&](db::Tx& tx) { return verify_chain(tx, sealer_, seal_key_, last); });
    }
    std::vector<EventView> list(std::int64_t before = newest, std::int64_t limit = 50) {
        return db::transact(connection_, {team_, ada_},
                            [&](db::Tx& tx) { return list_events(tx, sealer_, before, limit); });
    }
    /// What a database administrator may do: everything, on the side.
    void tamper(const std::string& sql) {
        database_.as_superuser("alter table aud.events disable trigger user;"
                               "alter table aud.payloads disable trigger user;"
                               "alter table aud.heads disable trigger user;" +
                               sql);
    }
    std::string refusal(const std::string& sql) {
        try {
            database_.as_superuser(sql);
        } catch (const db::Error& error) {
            return error.sqlstate() + " " + error.what();
        }
        return "none";
    }
    std::string where_team(std::int64_t seq) const {
        return " where team_id = '" + to_string(team_) + "' and seq = " + std::to_string(seq) + ";";
    }

    pgtest::TestDatabase database_;
    SystemRandom random_;
    SystemClock clock_;
    const std::filesystem::path directory_ = make_directory();
    std::unique_ptr<keyring::Keyring> keyring_ =
        keyring::Keyring::open(directory_ / "keys", random_);
    const KeyringSealer sealer_{*keyring_};
    const Secret seal_key_ = keyring_->system_key("audit_seal");
    Heads heads_;
    db::Connection connection_{database_.options()};
    const TeamId team_{random_.uuid()}, other_team_{random_.uuid()};
    const UserId ada_{random_.uuid()};
    const Uuid gadget_ = random_.uuid();
};

} // namespace atalaya::audit
