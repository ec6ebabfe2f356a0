#include "telemetry/table_store.hpp"

#include "base/log.hpp"
#include "telemetry/seal_place.hpp"
#include "telemetry_sql.hpp"

namespace atalaya::telemetry {
namespace {

constexpr std::string_view purpose = "telemetry.series";

std::int64_t as_number(wire::TableId id) { return static_cast<std::int64_t>(id.value); }

Uuid place_of(ServerId server, wire::TableId id) { return seal_place(server, {as_number(id)}); }

std::size_t size_in_memory(const Table& table) {
    constexpr std::size_t string_overhead = 16;
    std::size_t size = sizeof(Table);
    for (const wire::Series& series : table.series) {
        size += sizeof series + series.name.size() + string_overhead;
        for (const wire::Label& label : series.labels) {
            size += sizeof label + label.name.size() + label.value.size() + 2 * string_overhead;
        }
    }
    return size;
}

} // namespace

TablePtr TableStore::find(db::Tx& tx, ServerId server, wire::TableId id) {
    const Source source{tx.scope().team, server};
    if (const auto known = recall({source, id.value}))
        return known->table;
    const auto found = look_up(tx, server, id);
    return found ? found->table : nullptr;
}

TablePtr TableStore::admit(db::Tx& tx, ServerId server, const wire::Push& push, std::int64_t today,
                           std::int64_t oldest_day) {
    const TeamId team = tx.scope().team;
    auto found = recall({{team, server}, push.table.value});
    if (!found)
        found = look_up(tx, server, push.table);
    if (found) {
        if (found->used_day < today)
            tx.defer(sql::telemetry::touch_table, {{"team", team},
                                                   {"server", server},
                                                   {"table", as_number(push.table)},
                                                   {"day", today}});
        return found->table;
    }
    if (!push.series)
        return nullptr;
    const auto table = std::make_shared<const Table>(Table{push.table, *push.series});
    insert(tx, server, *table, today);
    tx.defer(sql::telemetry::delete_unused_tables,
             {{"team", team}, {"server", server}, {"before", oldest_day}});
    return table;
}

std::optional<TableStore::Found> TableStore::look_up(db::Tx& tx, ServerId server,
                                                     wire::TableId id) {
    const TeamId team = tx.scope().team;
    const bool committed = !tx.wrote(); // else the row may be this transaction's own
    const auto row = tx.query_optional(
        sql::telemetry::find_table, {{"team", team}, {"server", server}, {"table", as_number(id)}});
    if (!row)
        return std::nullopt;
    const auto plain =
        keyring_.open_sealed(team, purpose, place_of(server, id), row->get<Bytes>("body"));
    auto frame = plain ? wire::parse_push(*plain) : ParseError{"it does not open"};
    if (!frame || !frame->series) {
        log::error("telemetry.table_damaged",
                   {{"server", to_string(server)}, {"table", wire::to_hex(id)}});
        return std::nullopt;
    }
    const auto table = std::make_shared<const Table>(Table{id, std::move(*frame->series)});
    const auto used_day = row->get<std::int64_t>("used_day");
    if (committed)
        remember({team, server}, table, used_day);
    return Found{table, used_day};
}

void TableStore::insert(db::Tx& tx, ServerId server, const Table& table, std::int64_t day) {
    // A push without ticks is the table in the coding that is there already.
    wire::Push frame;
    frame.table = table.id;
    frame.series_count = table.series.size();
    frame.series = table.series;
    const TeamId team = tx.scope().team;
    const Bytes body =
        keyring_.seal(team, purpose, place_of(server, table.id), wire::encode_push(frame));
    tx.defer(sql::telemetry::insert_table, {{"team", team},
                                            {"server", server},
                                            {"table", as_number(table.id)},
                                            {"day", day},
                                            {"body", body}});
}

std::optional<TableStore::Found> TableStore::recall(const Key& key) {
    const std::lock_guard lock(mutex_);
    const auto found = by_key_.find(key);
    if (found == by_key_.end())
        return std::nullopt;
    known_.splice(known_.begin(), known_, found->second);
    return Found{found->second->table, found->second->used_day};
}

void TableStore::remember(const Source& source, const TablePtr& table, std::int64_t used_day) {
    const std::lock_guard lock(mutex_);
    const auto [found, fresh] = by_key_.try_emplace({source, table->id.value});
    if (!fresh) {
        found->second->used_day = std::max(found->second->used_day, used_day);
        return;
    }
    known_.push_front({source, table, used_day, size_in_memory(*table)});
    found->second = known_.begin();
    bytes_ += known_.front().bytes;
    while (bytes_ > bytes_max_ && known_.size() > 1) {
        const Known& last = known_.back();
        bytes_ -= last.bytes;
        by_key_.erase({last.source, last.table->id.value});
        known_.pop_back();
    }
}

void TableStore::forget(const Source& source) {
    const std::lock_guard lock(mutex_);
    for (auto each = known_.begin(); each != known_.end();) {
        if (each->source == source) {
            bytes_ -= each->bytes;
            by_key_.erase({source, each->table->id.value});
            each = known_.erase(each);
        } else {
            ++each;
        }
    }
}

} // namespace atalaya::telemetry
