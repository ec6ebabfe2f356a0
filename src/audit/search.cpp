#include "audit/search.hpp"

#include "audit/search_index.hpp"
#include "audit_sql.hpp"

#include <algorithm>
#include <bitset>

namespace atalaya::audit {
namespace {

using Clock = std::chrono::steady_clock;
using PlaceSet = std::bitset<static_cast<std::size_t>(block_size)>;

constexpr std::int64_t looked_at_once = 256;
/// Blocks that are read at once: few at first, for the page whose events are the newest.
constexpr std::int64_t batch_min = 4, batch_max = 64;

/// One section of a block.
struct OpenSection {
    Bytes owner;
    TokenList tokens;
};
/// A block of the index; absent sections mean that the block must be looked through.
struct Block {
    bool indexed = false;
    bool broken = false;
    bool in_time = true;
    std::vector<OpenSection> sections{};
};

class Searcher {
  public:
    Searcher(db::Tx& tx, const PayloadSealer& sealer, const Search& search,
             const SearchLimits& limits)
        : tx_(tx),
          sealer_(sealer),
          team_(tx.scope().team),
          search_(search),
          limits_(limits),
          of_team_(sealer.prefix({team_, UserId{}})),
          until_(Clock::now() + limits.budget) {
        for (const Condition& condition : search.conditions) {
            if (!condition.negated)
                add_demand(condition);
        }
    }

    Found run() {
        const auto head = find_head(tx_);
        before_ = std::min(limits_.before, (head ? head->seq : 0) + 1);
        const bool plain = demands_.empty() && !search_.from && !search_.to;
        for (std::int64_t batch = batch_min; goes_on(); batch = std::min(2 * batch, batch_max)) {
            if (plain)
                look_through(std::max<std::int64_t>(1, before_ - looked_at_once));
            else
                search_blocks(std::max<std::int64_t>(0, block_of(before_ - 1) - batch + 1));
            if (Clock::now() >= until_)
                break;
        }
        found_.looked_to = std::max<std::int64_t>(before_, 1);
        return std::move(found_);
    }

  private:
    /// The tokens of each alternative of a condition.
    using Demand = std::vector<std::vector<Token>>;

    bool is_full() const { return std::ssize(found_.events) >= limits_.count; }
    bool goes_on() const { return before_ > 1 && !is_full(); }

    void add_demand(const Condition& condition) {
        Demand demand;
        for (const std::string& value : condition.any_of)
            demand.push_back(tokens_for(condition, value));
        if (std::ranges::none_of(demand, [](const auto& tokens) { return tokens.empty(); }))
            demands_.push_back(std::move(demand));
    }

    bool is_wanted(const EventView& event) const {
        const Time at = event.header.occurred_at;
        if ((search_.from && at < *search_.from) || (search_.to && at >= *search_.to))
            return false;
        if (search_.conditions.empty())
            return true;
        const auto facts = facts_of(event);
        return std::ranges::all_of(search_.conditions, [&](const Condition& condition) {
            return meets(facts, condition);
        });
    }

    void take(std::vector<EventView> events) {
        for (EventView& event : events) {
            before_ = event.header.seq;
            if (is_wanted(event))
                found_.events.push_back(std::move(event));
            if (is_full())
                return;
        }
    }

    /// Looks at every event from `lowest` on, unless the page is full before.
    void look_through(std::int64_t lowest) {
        while (before_ > lowest && !is_full()) {
            const bool all = search_.conditions.empty() && !search_.from && !search_.to;
            const std::int64_t wanted =
                all ? limits_.count - std::ssize(found_.events) : looked_at_once;
            const std::int64_t count = std::min(wanted, before_ - lowest);
            const std::int64_t end = before_ - count;
            take(list_events(tx_, sealer_, before_, count));
            if (!is_full())
                before_ = std::min(before_, end); // what is missing was deleted
        }
    }

    void search_blocks(std::int64_t lowest) {
        const std::int64_t highest = block_of(before_ - 1);
        auto blocks = read_blocks(lowest, highest);
        for (std::int64_t number = highest; number >= lowest && goes_on(); --number) {
            Block& block = blocks[number];
            if (!block.indexed || block.broken)
                look_through(first_of(number));
            else if (block.in_time)
                search_block(number, block);
            if (is_full())
                return;
            before_ = std::min(before_, first_of(number));
            if (Clock::now() >= until_)
                return;
        }
    }

    std::map<std::int64_t, Block> read_blocks(std::int64_t lowest, std::int64_t highest) {
        std::map<std::int64_t, Block> blocks;
        for (const db::Row row :
             tx_.query(sql::audit::list_sections, {{"lowest", lowest},
                                                   {"highest", highest},
                                                   {"with_tokens", !demands_.empty()},
                                                   {"from", search_.from},
                                                   {"to", search_.to}})) {
            const auto number = row.get<std::int64_t>("block");
            Block& block = blocks[number];
            auto owner = row.get<Bytes>("owner");
            block.indexed = block.indexed || owner == of_team_;
            block.in_time = row.get<bool>("in_time");
            if (const auto blob = row.get<std::optional<Bytes>>("tokens"))
                open_section(block, number, std::move(owner), *blob);
        }
        return blocks;
    }

    void open_section(Block& block, std::int64_t number, Bytes owner, const Bytes& blob) {
        using Result = PayloadSealer::Opened::Result;
        auto opened =
            sealer_.open_index(team_, owner, section_row(team_, number, owner, Blob::tokens), blob);
        if (opened.result == Result::key_gone)
            return; // and with it all that could be found
        auto tokens = opened.result == Result::open ? TokenList::parse(std::move(opened.plain))
                                                    : std::nullopt;
        if (tokens)
            block.sections.push_back({std::move(owner), std::move(*tokens)});
        else
            block.broken = true;
    }

    void search_block(std::int64_t number, const Block& block) {
        PlaceSet places;
        places.set();
        if (!demands_.empty()) {
            if (!may_hold(block))
                return;
            const auto found = find_places(number, block);
            if (!found)
                return look_through(first_of(number));
            places = *found;
        }
        std::vector<std::int64_t> seqs;
        for (std::int64_t seq = std::min(before_, first_of(number + 1)) - 1;
             seq >= first_of(number); --seq) {
            if (places[static_cast<std::size_t>(seq - first_of(number))])
                seqs.push_back(seq);
        }
        for (std::size_t at = 0; at < seqs.size() && !is_full();) {
            const auto count =
                std::min<std::size_t>(seqs.size() - at, static_cast<std::size_t>(limits_.count));
            const auto begin = seqs.begin() + static_cast<std::ptrdiff_t>(at);
            take(list_events_at(tx_, sealer_, {begin, begin + static_cast<std::ptrdiff_t>(count)}));
            at += count;
        }
    }

    bool may_hold(const Block& block) const {
        const auto holds = [&](Token token) {
            return std::ranges::any_of(block.sections, [&](const OpenSection& section) {
                return section.tokens.find(token).has_value();
            });
        };
        return std::ranges::all_of(demands_, [&](const Demand& demand) {
            return std::ranges::any_of(demand, [&](const std::vector<Token>& tokens) {
                return std::ranges::all_of(tokens, holds);
            });
        });
    }

    bool holds_any(const OpenSection& section) const {
        return std::ranges::any_of(demands_, [&](const Demand& demand) {
            return std::ranges::any_of(demand, [&](const std::vector<Token>& tokens) {
                return std::ranges::any_of(
                    tokens, [&](Token token) { return section.tokens.find(token).has_value(); });
            });
        });
    }

    /// Where in the block all demands are met; absent when the index is damaged.
    std::optional<PlaceSet> find_places(std::int64_t number, const Block& block) {
        std::map<Token, PlaceSet> places;
        std::vector<Bytes> owners;
        for (const OpenSection& section : block.sections) {
            if (holds_any(section))
                owners.push_back(section.owner);
        }
        for (const db::Row row :
             tx_.query(sql::audit::list_places, {{"block", number}, {"owners", owners}})) {
            if (!add_places(places, number, block, row))
                return std::nullopt;
        }
        PlaceSet all;
        all.set();
        for (const Demand& demand : demands_) {
            PlaceSet any;
            for (const std::vector<Token>& tokens : demand) {
                PlaceSet both;
                both.set();
                for (const Token token : tokens)
                    both &= places[token];
                any |= both;
            }
            all &= any;
        }
        return all;
    }

    bool add_places(std::map<Token, PlaceSet>& places, std::int64_t number, const Block& block,
                    const db::Row& row) {
        const auto owner = row.get<Bytes>("owner");
        const auto section = std::ranges::find(block.sections, owner, &OpenSection::owner);
        if (section == block.sections.end())
            return true;
        std::map<std::size_t, Token> wanted; // by index, ascending
        for (const Demand& demand : demands_) {
            for (const std::vector<Token>& tokens : demand) {
                for (const Token token : tokens) {
                    if (const auto index = section->tokens.find(token))
                        wanted.emplace(*index, token);
                }
            }
        }
        if (wanted.empty())
            return true;
        std::vector<std::size_t> indexes;
        for (const auto& [index, token] : wanted)
            indexes.push_back(index);
        const auto opened =
            sealer_.open_index(team_, owner, section_row(team_, number, owner, Blob::places),
                               row.get<Bytes>("places"));
        if (opened.result != PayloadSealer::Opened::Result::open)
            return false;
        const auto lists = parse_places(opened.plain, indexes);
        if (!lists)
            return false;
        for (std::size_t i = 0; i < indexes.size(); ++i) {
            PlaceSet& set = places[wanted[indexes[i]]];
            for (const std::uint16_t place : (*lists)[i])
                set.set(place % set.size());
        }
        return true;
    }

    db::Tx& tx_;
    const PayloadSealer& sealer_;
    const TeamId team_;
    const Search& search_;
    const SearchLimits& limits_;
    const Bytes of_team_;
    const Clock::time_point until_;
    std::vector<Demand> demands_; ///< what the index can tell of the conditions
    std::int64_t before_ = 0;     ///< everything from here on was looked at
    Found found_;
};

} // namespace

Found search_events(db::Tx& tx, const PayloadSealer& sealer, const Search& search,
                    const SearchLimits& limits) {
    return Searcher(tx, sealer, search, limits).run();
}

} // namespace atalaya::audit
