#include "audit/reader.hpp"

#include "audit_sql.hpp"
#include "base/problems.hpp"

#include <algorithm>

namespace atalaya::audit {
namespace {

constexpr std::int64_t checked_at_start = 1000;

std::vector<Hash> read_commits(const db::Row& row) {
    const auto joined = row.get<BytesView>("commits");
    std::vector<Hash> commits(joined.size() / sizeof(Hash));
    for (std::size_t i = 0; i < commits.size(); ++i)
        std::copy_n(joined.begin() + static_cast<std::ptrdiff_t>(i * sizeof(Hash)), sizeof(Hash),
                    commits[i].begin());
    return commits;
}

/// What the columns say beside the header.
Header read_columns(const TeamId& team, const db::Row& row) {
    return {team,
            row.get<std::int64_t>("seq"),
            row.get<Uuid>("event_id"),
            row.get<Time>("occurred_at"),
            row.get<std::string>("action"),
            static_cast<Outcome>(row.get<std::int16_t>("outcome")),
            static_cast<ActorKind>(row.get<std::int16_t>("actor_kind")),
            row.get<std::string>("resource_type"),
            row.get<Uuid>("resource_id")};
}

PartState read_part(const std::optional<BytesView>& blob, std::optional<std::int64_t> erased_by,
                    const PayloadSealer& sealer, const TeamId& team, Part part,
                    const Uuid& event_id) {
    if (!blob)
        return {erased_by ? PartState::Kind::erased : PartState::Kind::broken,
                {},
                {},
                erased_by.value_or(0)};
    using Result = PayloadSealer::Opened::Result;
    auto opened = sealer.open(team, part, event_id, *blob);
    if (opened.result == Result::key_gone)
        return {PartState::Kind::unopened, {}, {}};
    PartState state{PartState::Kind::broken, {}, {}};
    if (opened.result == Result::broken || opened.plain.size() < state.salt.size())
        return state;
    const auto body = opened.plain.begin() + static_cast<std::ptrdiff_t>(state.salt.size());
    std::copy(opened.plain.begin(), body, state.salt.begin());
    opened.plain.erase(opened.plain.begin(), body);
    state.body = std::move(opened.plain);
    state.kind = PartState::Kind::open;
    return state;
}

/// Without parts.
Link read_link(const db::Row& row, const TeamId& team) {
    Link link;
    link.columns = read_columns(team, row);
    link.header = row.get<Bytes>("header");
    link.commits = read_commits(row);
    link.previous = row.get<Hash>("prev_hash");
    link.row_hash = row.get<Hash>("row_hash");
    link.seal = row.get<Hash>("seal");
    return link;
}

EventView read_view(const db::Row& row, const PayloadSealer& sealer, const TeamId& team) {
    Link link = read_link(row, team);
    EventView view{*link.columns, std::move(link.header), std::move(link.commits), link.previous,
                   link.row_hash};
    for (const Part part : parts) {
        const bool subject = part == Part::subject;
        const auto blob = row.get<std::optional<BytesView>>(subject ? "subject" : "detail");
        const auto erased_by = row.get<std::optional<std::int64_t>>(subject ? "subject_erased_by"
                                                                            : "detail_erased_by");
        const PartState state =
            read_part(blob, erased_by, sealer, team, part, view.header.event_id);
        if (state.kind == PartState::Kind::erased)
            view.erased_by[static_cast<std::size_t>(part)] = state.erased_by;
        if (state.kind == PartState::Kind::open)
            (subject ? view.subject : view.detail) = as_text(state.body);
        if (blob && blob->size() >= owner_prefix_size)
            view.owners[static_cast<std::size_t>(part)].assign(blob->begin(),
                                                               blob->begin() + owner_prefix_size);
    }
    return view;
}

std::optional<shape::Json> member(const std::optional<std::string>& body, std::string_view name) {
    if (!body)
        return std::nullopt;
    const auto json = shape::parse_json(*body);
    if (!json)
        return std::nullopt;
    const shape::Json* found = json->find(name);
    return found ? std::optional(*found) : std::nullopt;
}

std::optional<std::string> text_member(const std::optional<std::string>& body,
                                       std::string_view name) {
    const auto found = member(body, name);
    const std::string* text = found ? found->if_string() : nullptr;
    return text ? std::optional(*text) : std::nullopt;
}

} // namespace

std::optional<std::string> EventView::subject_text(std::string_view name) const {
    return text_member(subject, name);
}
std::optional<std::string> EventView::detail_text(std::string_view name) const {
    return text_member(detail, name);
}
shape::Json EventView::changes() const {
    return member(detail, "changes").value_or(shape::Json(shape::Array{}));
}

std::vector<EventView> list_events(db::Tx& tx, const PayloadSealer& sealer, std::int64_t before,
                                   std::int64_t limit) {
    std::vector<EventView> views;
    for (const db::Row row :
         tx.query(sql::audit::list_events, {{"before", before}, {"limit", limit}}))
        views.push_back(read_view(row, sealer, tx.scope().team));
    return views;
}

std::vector<EventView> list_events_at(db::Tx& tx, const PayloadSealer& sealer,
                                      const std::vector<std::int64_t>& seqs) {
    std::vector<EventView> views;
    for (const db::Row row : tx.query(sql::audit::list_events_at, {{"seqs", seqs}}))
        views.push_back(read_view(row, sealer, tx.scope().team));
    return views;
}

std::vector<EventView> list_events_after(db::Tx& tx, const PayloadSealer& sealer,
                                         std::int64_t after, std::int64_t limit) {
    std::vector<EventView> views;
    for (const db::Row row :
         tx.query(sql::audit::list_events_after, {{"after", after}, {"limit", limit}}))
        views.push_back(read_view(row, sealer, tx.scope().team));
    return views;
}

std::optional<EventView> find_event(db::Tx& tx, const PayloadSealer& sealer, std::int64_t seq) {
    auto found = list_events_at(tx, sealer, {seq});
    return found.empty() ? std::nullopt : std::optional(std::move(found.front()));
}

std::vector<BareLink> list_headers(db::Tx& tx, std::int64_t before, std::int64_t limit) {
    std::vector<BareLink> links;
    for (const db::Row row :
         tx.query(sql::audit::list_headers, {{"before", before}, {"limit", limit}}))
        links.push_back({row.get<std::int64_t>("seq"), row.get<Bytes>("header"), read_commits(row),
                         row.get<Hash>("prev_hash"), row.get<Hash>("row_hash")});
    return links;
}

std::optional<Hash> find_row_hash(db::Tx& tx, std::int64_t seq) {
    const auto row = tx.query_optional(sql::audit::find_row_hash, {{"seq", seq}});
    return row ? std::optional(row->get<Hash>("row_hash")) : std::nullopt;
}

std::vector<Link> list_links(db::Tx& tx, const PayloadSealer& sealer, std::int64_t after,
                             std::int64_t limit) {
    const TeamId team = tx.scope().team;
    std::vector<Link> links;
    for (const db::Row row : tx.query(sql::audit::list_links, {{"after", after}, {"limit", limit}}))
        links.push_back(read_link(row, team));
    if (links.empty())
        return links;
    const db::Rows payloads = tx.query(sql::audit::list_payloads,
                                       {{"after", after}, {"until", links.back().columns->seq}});
    auto next = payloads.begin();
    for (Link& link : links) {
        link.parts.assign(parts.size(), PartState{PartState::Kind::broken, {}, {}});
        for (; next != payloads.end(); ++next) {
            const db::Row row = *next;
            const auto seq = row.get<std::int64_t>("seq");
            if (seq > link.columns->seq)
                break;
            const auto part = static_cast<std::size_t>(row.get<std::int16_t>("part"));
            if (seq == link.columns->seq && part < parts.size())
                link.parts[part] = read_part(row.get<std::optional<BytesView>>("sealed"),
                                             row.get<std::optional<std::int64_t>>("erased_by_seq"),
                                             sealer, team, parts[part], link.columns->event_id);
        }
    }
    return links;
}

std::optional<Head> find_head(db::Tx& tx) {
    const auto row = tx.query_optional(sql::audit::find_head);
    if (!row)
        return std::nullopt;
    return Head{row->get<std::int64_t>("seq"), row->get<Hash>("hash")};
}

Head get_head(db::Tx& tx) {
    const auto head = find_head(tx);
    if (!head)
        throw Problem(problems::record_broken).because("the chain has no head");
    return *head;
}

Report verify_chain(db::Tx& tx, const PayloadSealer& sealer, const Secret& seal_key,
                    std::optional<std::int64_t> last) {
    const TeamId team = tx.scope().team;
    ChainVerifier verifier(team, &seal_key);
    const auto extent = tx.query_optional(sql::audit::find_extent);
    if (!extent) {
        verifier.fault(0, "the chain has no head");
        return verifier.report();
    }
    // Events that are appended from here on lie beyond this head and are left for the next time.
    const Head head{extent->get<std::int64_t>("seq"), extent->get<Hash>("hash")};
    if (last && head.seq > *last) {
        const std::int64_t start = head.seq - *last;
        const auto hash = find_row_hash(tx, start);
        if (!hash) {
            verifier.fault(start, "an event is missing or out of order");
            return verifier.report();
        }
        verifier = ChainVerifier(team, start, *hash, &seal_key);
    }
    for (std::int64_t after = verifier.report().seq; after < head.seq;) {
        const auto links =
            list_links(tx, sealer, after, std::min(links_batch_size, head.seq - after));
        if (links.empty())
            break;
        for (const Link& link : links)
            verifier.step(link);
        after = links.back().columns->seq;
    }
    verifier.finish(head.seq, head.hash);
    for (const auto& [by, erased] : verifier.awaited()) { // since the head was read, or never
        const auto row =
            tx.query_optional(sql::audit::list_links, {{"after", by - 1}, {"limit", 1}});
        if (!row || row->get<std::int64_t>("seq") != by ||
            row->get<std::string>("action") != tombstone_action)
            verifier.fault(erased.first, ChainVerifier::untold_erasure);
    }
    if (extent->get<std::int64_t>("last_seq") > head.seq)
        verifier.fault(head.seq + 1, "the head was rewound: the chain is longer");
    return verifier.report();
}

std::vector<ChainFinding> check_chains(db::Connection& connection, const PayloadSealer& sealer,
                                       const Secret& seal_key, const std::vector<TeamId>& teams) {
    std::vector<ChainFinding> findings;
    for (const TeamId& team : teams) {
        const Report report = db::transact(connection, {team, UserId{}}, [&](db::Tx& tx) {
            return verify_chain(tx, sealer, seal_key, checked_at_start);
        });
        if (!report.ok)
            findings.push_back({team, report.first_bad.value_or(0), report.reason});
    }
    return findings;
}

} // namespace atalaya::audit
