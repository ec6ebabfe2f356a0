#include "modules/metrics/otlp_json.hpp"

#include "modules/metrics/answer.hpp"
#include "shape/json.hpp"

#include <charconv>
#include <limits>

namespace atalaya::metrics {
namespace {

using shape::Json;
using wire::OtlpKind;

/// Fields that nobody knows are left out, as in the binary form; one of the wrong type makes the
/// whole request bad.
class Parser {
  public:
    bool ok() const { return ok_; }

    /// Calls `use` with each element of a list; an absent one is empty.
    template <class Use>
    void each(const Json& of, std::string_view name, const Use& use) {
        const Json* list = find(of, name);
        if (!list)
            return;
        if (!list->is_array())
            return fail();
        for (const Json& element : *list->if_array())
            use(element);
    }
    const Json* find(const Json& of, std::string_view name) {
        if (!of.is_object()) {
            fail();
            return nullptr;
        }
        const Json* found = of.find(name);
        return found && !found->is_null() ? found : nullptr;
    }
    void read_text(const Json& of, std::string_view name, std::string& out) {
        const Json* found = find(of, name);
        if (found && found->if_string())
            out = *found->if_string();
        else if (found)
            fail();
    }
    template <class Integer>
    void read_integer(const Json* found, Integer& out) {
        if (!found)
            return;
        if (const std::string* text = found->if_string()) {
            const char* const end = text->data() + text->size();
            const auto [stop, error] = std::from_chars(text->data(), end, out);
            if (error != std::errc() || stop != end)
                fail();
        } else if (found->if_integer() && std::in_range<Integer>(*found->if_integer())) {
            out = static_cast<Integer>(*found->if_integer());
        } else {
            fail();
        }
    }
    void read_double(const Json* found, double& out) {
        if (!found)
            return;
        if (found->if_double())
            out = *found->if_double();
        else if (found->if_integer())
            out = static_cast<double>(*found->if_integer());
        else if (const std::string* text = found->if_string())
            read_named(*text, out);
        else
            fail();
    }
    bool read_bool(const Json& of, std::string_view name) {
        const Json* found = find(of, name);
        if (found && !found->if_bool())
            fail();
        return found && found->if_bool() && *found->if_bool();
    }
    void fail() { ok_ = false; }

  private:
    void read_named(const std::string& text, double& out) {
        using limits = std::numeric_limits<double>;
        if (text == "NaN")
            out = limits::quiet_NaN();
        else if (text == "Infinity")
            out = limits::infinity();
        else if (text == "-Infinity")
            out = -limits::infinity();
        else
            fail();
    }
    bool ok_ = true;
};

void read_attributes(Parser& parser, const Json& of, std::vector<wire::OtlpAttribute>& out) {
    parser.each(of, "attributes", [&](const Json& element) {
        wire::OtlpAttribute attribute;
        parser.read_text(element, "key", attribute.name);
        const Json* value = parser.find(element, "value");
        if (!value)
            return;
        if (parser.find(*value, "stringValue")) {
            parser.read_text(*value, "stringValue", attribute.value);
        } else if (parser.find(*value, "bytesValue")) {
            parser.read_text(*value, "bytesValue", attribute.value);
        } else if (parser.find(*value, "boolValue")) {
            attribute.value = parser.read_bool(*value, "boolValue") ? "true" : "false";
        } else if (const Json* integer = parser.find(*value, "intValue")) {
            std::int64_t number = 0;
            parser.read_integer(integer, number);
            attribute.value = std::to_string(number);
        } else if (const Json* floating = parser.find(*value, "doubleValue")) {
            double number = 0;
            parser.read_double(floating, number);
            append_number(attribute.value, number);
        } else {
            return;
        }
        out.push_back(std::move(attribute));
    });
}

void read_buckets(Parser& parser, const Json* json, wire::OtlpBuckets& out) {
    if (!json)
        return;
    parser.read_integer(parser.find(*json, "offset"), out.offset);
    parser.each(*json, "bucketCounts",
                [&](const Json& count) { parser.read_integer(&count, out.counts.emplace_back()); });
}

void read_exponential(Parser& parser, const Json& json, wire::OtlpExponential& out) {
    parser.read_integer(parser.find(json, "scale"), out.scale);
    parser.read_integer(parser.find(json, "zeroCount"), out.zero_count);
    parser.read_double(parser.find(json, "zeroThreshold"), out.zero_threshold);
    read_buckets(parser, parser.find(json, "positive"), out.above);
    read_buckets(parser, parser.find(json, "negative"), out.below);
}

wire::OtlpPoint read_point(Parser& parser, const Json& json, OtlpKind kind) {
    wire::OtlpPoint point;
    if (kind == OtlpKind::exponential_histogram)
        read_exponential(parser, json,
                         *(point.exponential = std::make_unique<wire::OtlpExponential>()));
    read_attributes(parser, json, point.attributes);
    parser.read_integer(parser.find(json, "timeUnixNano"), point.time_ns);
    std::uint32_t flags = 0;
    parser.read_integer(parser.find(json, "flags"), flags);
    point.has_no_value = (flags & 1) != 0;
    if (const Json* integer = parser.find(json, "asInt")) {
        std::int64_t number = 0;
        parser.read_integer(integer, number);
        point.value = static_cast<double>(number);
    }
    parser.read_double(parser.find(json, "asDouble"), point.value);
    parser.read_integer(parser.find(json, "count"), point.count);
    if (const Json* sum = parser.find(json, "sum"))
        parser.read_double(sum, point.sum.emplace());
    parser.each(json, "bucketCounts", [&](const Json& count) {
        parser.read_integer(&count, point.buckets.emplace_back());
    });
    parser.each(json, "explicitBounds", [&](const Json& bound) {
        parser.read_double(&bound, point.bounds.emplace_back());
    });
    parser.each(json, "quantileValues", [&](const Json& quantile) {
        auto& [which, value] = point.quantiles.emplace_back();
        parser.read_double(parser.find(quantile, "quantile"), which);
        parser.read_double(parser.find(quantile, "value"), value);
    });
    return point;
}

wire::OtlpMetric read_metric(Parser& parser, const Json& json) {
    wire::OtlpMetric metric;
    parser.read_text(json, "name", metric.name);
    parser.read_text(json, "unit", metric.unit);
    for (const auto& [name, kind] :
         {std::pair{"gauge", OtlpKind::gauge}, std::pair{"sum", OtlpKind::sum},
          std::pair{"histogram", OtlpKind::histogram},
          std::pair{"exponentialHistogram", OtlpKind::exponential_histogram},
          std::pair{"summary", OtlpKind::summary}}) {
        const Json* data = parser.find(json, name);
        if (!data)
            continue;
        metric.kind = kind;
        int temporality = 0;
        parser.read_integer(parser.find(*data, "aggregationTemporality"), temporality);
        metric.temporality = static_cast<wire::OtlpTemporality>(temporality);
        metric.is_monotonic = parser.read_bool(*data, "isMonotonic");
        parser.each(*data, "dataPoints", [&](const Json& point) {
            metric.points.push_back(read_point(parser, point, kind));
        });
    }
    return metric;
}

} // namespace

Result<std::vector<wire::OtlpResource>> parse_otlp_json(std::string_view text) {
    const auto json = shape::parse_json(text);
    if (!json)
        return ParseError{"The body is " + json.error().reason + "."};
    Parser parser;
    std::vector<wire::OtlpResource> out;
    parser.each(*json, "resourceMetrics", [&](const Json& element) {
        wire::OtlpResource& resource = out.emplace_back();
        if (const Json* known = parser.find(element, "resource"))
            read_attributes(parser, *known, resource.attributes);
        parser.each(element, "scopeMetrics", [&](const Json& scope) {
            parser.each(scope, "metrics", [&](const Json& metric) {
                resource.metrics.push_back(read_metric(parser, metric));
            });
        });
    });
    if (!parser.ok())
        return ParseError{"The body is no ExportMetricsServiceRequest in JSON."};
    return out;
}

} // namespace atalaya::metrics
