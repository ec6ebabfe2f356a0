#include "modules/audit_log/query.hpp"

#include "base/problems.hpp"
#include "base/text.hpp"
#include "modules/identity/identity.hpp"

#include <algorithm>

namespace atalaya::audit_log {
namespace {

using audit::Condition;
using audit::FactKind;
using shape::FilterKey;
using shape::FilterTerm;
using shape::FilterValue;

constexpr std::array<std::string_view, 3> outcomes{"ok", "denied", "failed"};
constexpr std::array<std::string_view, 6> kinds{"user",     "key",    "agent",
                                                "operator", "system", "anonymous"};
constexpr std::array keys{
    FilterKey{"actor", FilterValue::text},
    FilterKey{"action", FilterValue::pattern},
    FilterKey{"outcome", FilterValue::choice, outcomes},
    FilterKey{"kind", FilterValue::choice, kinds},
    FilterKey{"resource", FilterValue::pattern},
    FilterKey{"name", FilterValue::text},
    FilterKey{"ip", FilterValue::pattern},
    FilterKey{"from", FilterValue::instant},
    FilterKey{"to", FilterValue::instant},
    FilterKey{"since", FilterValue::span},
};

[[noreturn]] void refuse(const shape::Stretch& at, const std::string& words) {
    throw Problem(problems::invalid)
        .at("?q#char=" + std::to_string(at.begin) + "," + std::to_string(at.end), "filter", words);
}

void narrow_from(audit::Search& search, Time from) {
    search.from = std::max(search.from.value_or(from), from);
}
void narrow_to(audit::Search& search, Time to) { search.to = std::min(search.to.value_or(to), to); }

class Compiler {
  public:
    explicit Compiler(api::Call& call) : call_(call) {}

    void add(const FilterTerm& term) {
        if (is_time(term)) {
            add_time(term);
        } else if (term.key == "actor") {
            add_actor(term);
        } else if (term.key == "resource") {
            add_resource(term);
        } else if (term.key == "outcome") {
            add_choice(FactKind::outcome, term, outcomes);
        } else if (term.key == "kind") {
            add_choice(FactKind::actor_kind, term, kinds);
        } else {
            add(term.key == "action" ? FactKind::action
                : term.key == "ip"   ? FactKind::ip
                : term.key == "name" ? FactKind::resource_name
                                     : FactKind::text,
                term, term.value);
        }
    }
    audit::Search take() { return std::move(search_); }

  private:
    static bool is_time(const FilterTerm& term) {
        return term.key == "from" || term.key == "to" || term.key == "since";
    }

    void add(FactKind kind, const FilterTerm& term, std::string_view value) {
        search_.conditions.push_back({kind, {to_lower(value)}, term.prefix, term.negated});
    }

    /// "Not this one" of a few is "one of the others", which the index can lead to.
    void add_choice(FactKind kind, const FilterTerm& term,
                    std::span<const std::string_view> choices) {
        Condition condition{kind, {}, false, false};
        for (const std::string_view choice : choices) {
            if ((choice == term.value) != term.negated)
                condition.any_of.emplace_back(choice);
        }
        search_.conditions.push_back(std::move(condition));
    }

    void add_time(const FilterTerm& term) {
        if (term.negated)
            refuse(term.at, "A time cannot be negated. Use from: and to: the other way round.");
        if (term.key == "since") {
            const Micros span = *shape::parse_filter_span(term.value);
            return narrow_from(search_, call_.services.clock.now() - span);
        }
        const shape::FilterInstant instant = *shape::parse_filter_instant(term.value);
        if (term.key == "from")
            narrow_from(search_, instant.begin);
        else
            narrow_to(search_, instant.end); // a day is meant with all its hours
    }

    void add_actor(const FilterTerm& term) {
        if (term.value == "me")
            return add(FactKind::actor, term, to_string(call_.caller().user));
        if (parse_uuid(term.value))
            return add(FactKind::actor, term, term.value);
        if (term.value.find('@') == term.value.npos)
            return add(FactKind::actor_name, term, term.value);
        // An address that nobody has is met by no actor.
        const auto user = identity::find_user(call_, term.value);
        add(FactKind::actor, term, user ? to_string(*user) : term.value);
    }

    void add_resource(const FilterTerm& term) {
        const auto slash = term.value.find('/');
        if (slash == term.value.npos) {
            const bool is_id = parse_uuid(term.value).has_value();
            return add(is_id ? FactKind::resource_id : FactKind::resource_type, term, term.value);
        }
        const std::string_view id = std::string_view(term.value).substr(slash + 1);
        if (!parse_uuid(id))
            refuse(term.at, "Behind the slash an id is expected. Write resource:server to find all "
                            "of a kind.");
        add(FactKind::resource_id, term, id);
        if (!term.negated) // an id is of one kind only
            add(FactKind::resource_type, term, term.value.substr(0, slash));
    }

    api::Call& call_;
    audit::Search search_;
};

void add_query(Compiler& compiler, const std::string& query) {
    const auto parsed = shape::parse_filter(query, keys);
    if (const auto* error = std::get_if<shape::FilterError>(&parsed))
        refuse(error->at, error->reason + " " + error->hint);
    for (const FilterTerm& term : std::get<0>(parsed))
        compiler.add(term);
}

/// The single parameters; each is a term of its own.
void add_parameters(Compiler& compiler, const api::Query& query) {
    const auto add = [&](const char* key, std::string value, bool prefix = false) {
        compiler.add(FilterTerm{false, key, std::move(value), prefix, {}});
    };
    if (const auto actor = query.find_uuid("actor"))
        add("actor", to_string(*actor));
    for (const char* const key : {"action", "ip"}) {
        if (auto value = query.find_text(key); value && !value->empty()) {
            const bool prefix = value->ends_with('*');
            if (prefix)
                value->pop_back();
            add(key, std::move(*value), prefix);
        }
    }
    if (const auto outcome = query.find_text("outcome")) {
        if (std::ranges::find(outcomes, *outcome) == outcomes.end())
            throw Problem(problems::invalid).at("?outcome", "choice", "Use ok, denied or failed.");
        add("outcome", *outcome);
    }
}

} // namespace

audit::Search read_search(api::Call& call) {
    const api::Query& query = call.query();
    Compiler compiler(call);
    add_parameters(compiler, query);
    if (const auto text = query.find_text("q"))
        add_query(compiler, *text);
    audit::Search search = compiler.take();
    if (const auto type = query.find_text("resource_type"))
        search.conditions.push_back({FactKind::resource_type, {to_lower(*type)}, false, false});
    if (const auto id = query.find_uuid("resource_id"))
        search.conditions.push_back({FactKind::resource_id, {to_string(*id)}, false, false});
    if (const auto from = query.find_time("from"))
        narrow_from(search, *from);
    if (const auto to = query.find_time("to"))
        narrow_to(search, *to);
    return search;
}

} // namespace atalaya::audit_log
