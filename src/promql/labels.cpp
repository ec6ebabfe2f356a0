#include "promql/function_table.hpp"
#include "promql/functions.hpp"
#include "promql/literals.hpp"

#include "base/text.hpp"

#include <re2/re2.h>

#include <cctype>
#include <charconv>
#include <map>

namespace atalaya::promql {

namespace {

/// `$1`, `${1}`, `$name`, `${name}` and `$$`, as Go expands them: an unknown group is empty, and a
/// name without braces is as long as it can be.
class Template {
  public:
    Template(std::string_view text, const std::map<std::string, int>& names) {
        while (!text.empty()) {
            const std::size_t dollar = std::min(text.find('$'), text.size());
            literal(text.substr(0, dollar));
            text.remove_prefix(dollar);
            if (!text.empty())
                take_reference(text, names);
        }
    }

    std::string expand(const std::vector<re2::StringPiece>& groups) const {
        std::string out;
        for (const Part& part : parts_) {
            out += part.literal;
            if (part.group >= 0 && static_cast<std::size_t>(part.group) < groups.size()) {
                const re2::StringPiece& group = groups[static_cast<std::size_t>(part.group)];
                out.append(group.data() ? group.data() : "", group.size());
            }
        }
        return out;
    }

  private:
    struct Part {
        std::string literal;
        int group = -1;
    };

    void literal(std::string_view text) { parts_.push_back({std::string(text), -1}); }

    static bool is_word(char c) { return std::isalnum(static_cast<unsigned char>(c)) || c == '_'; }

    /// `text` begins with a dollar.
    void take_reference(std::string_view& text, const std::map<std::string, int>& names) {
        const bool braced = text.size() > 1 && text[1] == '{';
        const std::size_t begin = braced ? 2 : 1;
        std::size_t end = begin;
        while (end < text.size() && is_word(text[end]))
            ++end;
        const std::string name(text.substr(begin, end - begin));
        const bool closed = !braced || (end < text.size() && text[end] == '}');
        if (name.empty() || !closed) {
            literal("$");
            text.remove_prefix(text.starts_with("$$") ? 2 : 1);
            return;
        }
        text.remove_prefix(end + (braced ? 1 : 0));
        int number = 0;
        const auto [last, error] = std::from_chars(name.data(), name.data() + name.size(), number);
        if (error == std::errc{} && last == name.data() + name.size()) {
            parts_.push_back({"", number});
        } else if (const auto found = names.find(name); found != names.end()) {
            parts_.push_back({"", found->second});
        }
    }

    std::vector<Part> parts_;
};

/// Nested calls could else double a value with each level.
std::string bounded(std::string value) {
    constexpr std::size_t label_bytes_max = 64 * 1024;
    if (value.size() > label_bytes_max)
        throw QueryError(QueryErrorKind::execution, "a label value would become longer than " +
                                                        std::to_string(label_bytes_max) + " bytes");
    return value;
}

/// Gives each series the labels that `change` makes of its own; null: it keeps them.
Frame with_labels(Evaluator& evaluator, const Call& call, const Steps& steps,
                  const std::function<SharedLabels(const Labels&)>& change) {
    Frame result(evaluator.ledger());
    evaluator.stream(*call.args.front(), steps, [&](Column&& column) {
        if (SharedLabels labels = change(*column.labels))
            column.labels = std::move(labels);
        result.add(std::move(column));
    });
    return merge_equal(std::move(result));
}

const std::string& checked_label(const Call& call, std::size_t arg, const char* what) {
    const std::string& name = Evaluator::text(*call.args[arg]);
    if (name.empty() || !is_utf8(name))
        throw QueryError(QueryErrorKind::execution, "invalid " + std::string(what) + " in " +
                                                        std::string(call.function->name) +
                                                        "(): " + write_quoted(name));
    return name;
}

} // namespace

Frame label_replace(Evaluator& evaluator, const Call& call, const Steps& steps) {
    const std::string& to = checked_label(call, 1, "destination label name");
    const std::string& from = Evaluator::text(*call.args[3]);
    re2::RE2::Options options;
    options.set_log_errors(false);
    options.set_dot_nl(true);
    options.set_max_mem(1 << 20);
    const re2::RE2 pattern(Evaluator::text(*call.args[4]), options);
    if (!pattern.ok())
        throw QueryError(QueryErrorKind::execution,
                         "invalid regular expression in label_replace(): " + pattern.error());
    const Template replacement(Evaluator::text(*call.args[2]), pattern.NamedCapturingGroups());
    std::vector<re2::StringPiece> groups(
        static_cast<std::size_t>(pattern.NumberOfCapturingGroups()) + 1);
    return with_labels(evaluator, call, steps, [&](const Labels& labels) -> SharedLabels {
        const std::string_view value = label_value(labels, from);
        if (!pattern.Match({value.data(), value.size()}, 0, value.size(), re2::RE2::ANCHOR_BOTH,
                           groups.data(), static_cast<int>(groups.size())))
            return nullptr;
        Labels changed = labels;
        set_label(changed, to, bounded(replacement.expand(groups)));
        return std::make_shared<const Labels>(std::move(changed));
    });
}

Frame label_join(Evaluator& evaluator, const Call& call, const Steps& steps) {
    const std::string& to = checked_label(call, 1, "destination label name");
    const std::string& separator = Evaluator::text(*call.args[2]);
    for (std::size_t i = 3; i < call.args.size(); ++i)
        checked_label(call, i, "source label name");
    return with_labels(evaluator, call, steps, [&](const Labels& labels) {
        std::string joined;
        for (std::size_t i = 3; i < call.args.size(); ++i) {
            joined += i > 3 ? separator : "";
            joined += label_value(labels, Evaluator::text(*call.args[i]));
        }
        Labels changed = labels;
        set_label(changed, to, bounded(std::move(joined)));
        return std::make_shared<const Labels>(std::move(changed));
    });
}

} // namespace atalaya::promql
