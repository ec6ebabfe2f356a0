#include "promql/matcher.hpp"

#include <re2/re2.h>

#include <algorithm>

namespace atalaya::promql {

namespace {

constexpr std::int64_t program_bytes_max = 1 << 20;

bool has_expression(MatchKind kind) {
    return kind == MatchKind::matches || kind == MatchKind::not_matches;
}

} // namespace

Matcher::Matcher(MatchKind kind, std::string name, std::string value)
    : kind_(kind), name_(std::move(name)), value_(std::move(value)) {}

Result<Matcher> Matcher::make(MatchKind kind, std::string name, std::string value) {
    Matcher matcher(kind, std::move(name), std::move(value));
    if (!has_expression(kind))
        return matcher;
    re2::RE2::Options options;
    options.set_log_errors(false);
    options.set_dot_nl(true);
    options.set_max_mem(program_bytes_max);
    auto expression = std::make_shared<const re2::RE2>(matcher.value_, options);
    if (!expression->ok())
        return ParseError{expression->error()};
    matcher.expression_ = std::move(expression);
    return matcher;
}

bool Matcher::accepts(std::string_view value) const {
    switch (kind_) {
    case MatchKind::equal:
        return value == value_;
    case MatchKind::not_equal:
        return value != value_;
    case MatchKind::matches:
        return re2::RE2::FullMatch({value.data(), value.size()}, *expression_);
    case MatchKind::not_matches:
        return !re2::RE2::FullMatch({value.data(), value.size()}, *expression_);
    }
    return false;
}

bool accept(const Matchers& matchers, const Labels& labels) {
    return std::ranges::all_of(matchers, [&](const Matcher& matcher) {
        return matcher.accepts(label_value(labels, matcher.name()));
    });
}

} // namespace atalaya::promql
