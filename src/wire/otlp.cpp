#include "wire/otlp.hpp"

#include "base/text.hpp"
#include "wire/protobuf.hpp"

#include <array>
#include <charconv>

namespace atalaya::wire {
namespace {

std::string to_text(double value) {
    std::array<char, 40> text;
    return {text.data(), std::to_chars(text.data(), text.data() + text.size(), value).ptr};
}

double as_double(std::uint64_t bits) { return std::bit_cast<double>(bits); }

/// Calls `use` with each number of a repeated field, which stand packed in one or one in each.
template <class Use>
void read_fixed64s(ProtobufReader& field, const Use& use) {
    if (!field.is_bytes())
        return use(field.fixed64());
    const BytesView packed = field.bytes();
    if (packed.size() % 8 != 0)
        return field.fail();
    for (std::size_t at = 0; at < packed.size(); at += 8) {
        std::uint64_t bits = 0;
        for (std::size_t i = 8; i > 0; --i)
            bits = bits << 8 | packed[at + i - 1];
        use(bits);
    }
}

/// The same for numbers of any length.
template <class Use>
void read_varints(ProtobufReader& field, const Use& use) {
    if (!field.is_bytes())
        return use(field.varint());
    Reader packed(field.bytes());
    while (packed.left() > 0)
        use(packed.varint());
    if (!packed.ok())
        field.fail();
}

/// Small numbers of either sign.
std::int32_t to_sint32(std::uint64_t coded) {
    const auto half = static_cast<std::uint32_t>(coded) >> 1;
    return static_cast<std::int32_t>((coded & 1) != 0 ? ~half : half);
}

/// Each function reads one message; what is wrong in it makes the whole request bad.
class Parser {
  public:
    Result<std::vector<OtlpResource>> parse(BytesView message) {
        std::vector<OtlpResource> resources;
        read(message, [&](ProtobufReader& field) {
            if (field.number() == 1)
                read_resource_metrics(field.bytes(), append(resources));
        });
        if (is_too_large())
            return ParseError{"The body holds more than may be sent at once."};
        if (!ok_)
            return ParseError{"The body is no ExportMetricsServiceRequest of Protocol Buffers."};
        return resources;
    }

  private:
    bool is_too_large() const { return parts_ > otlp_parts_max; }
    template <class Each>
    void read(BytesView message, const Each& each) {
        ProtobufReader field(message);
        while (ok_ && field.next())
            each(field);
        ok_ = ok_ && field.ok();
    }
    template <class T>
    T& append(std::vector<T>& list) {
        if (++parts_ > otlp_parts_max)
            ok_ = false;
        return list.emplace_back();
    }

    void read_resource_metrics(BytesView message, OtlpResource& resource) {
        read(message, [&](ProtobufReader& field) {
            if (field.number() == 1)
                read(field.bytes(), [&](ProtobufReader& inner) {
                    if (inner.number() == 1)
                        read_attribute(inner.bytes(), resource.attributes);
                });
            else if (field.number() == 2)
                read(field.bytes(), [&](ProtobufReader& inner) {
                    if (inner.number() == 2)
                        read_metric(inner.bytes(), append(resource.metrics));
                });
        });
    }

    void read_metric(BytesView message, OtlpMetric& metric) {
        read(message, [&](ProtobufReader& field) {
            switch (field.number()) {
            case 1:
                metric.name = field.text();
                break;
            case 3:
                metric.unit = field.text();
                break;
            case 5:
                return read_data(field.bytes(), OtlpKind::gauge, metric);
            case 7:
                return read_data(field.bytes(), OtlpKind::sum, metric);
            case 9:
                return read_data(field.bytes(), OtlpKind::histogram, metric);
            case 10:
                return read_data(field.bytes(), OtlpKind::exponential_histogram, metric);
            case 11:
                return read_data(field.bytes(), OtlpKind::summary, metric);
            default:
                break;
            }
        });
    }

    void read_data(BytesView message, OtlpKind kind, OtlpMetric& metric) {
        metric.kind = kind;
        read(message, [&](ProtobufReader& field) {
            if (field.number() == 1)
                read_point(field.bytes(), kind, append(metric.points));
            else if (field.number() == 2)
                metric.temporality = static_cast<OtlpTemporality>(field.varint());
            else if (field.number() == 3)
                metric.is_monotonic = field.varint() != 0;
        });
    }

    void read_point(BytesView message, OtlpKind kind, OtlpPoint& point) {
        if (kind == OtlpKind::exponential_histogram)
            point.exponential = std::make_unique<OtlpExponential>();
        const bool is_number = kind == OtlpKind::gauge || kind == OtlpKind::sum;
        read(message, [&](ProtobufReader& field) {
            if (field.number() == 3)
                point.time_ns = field.fixed64();
            else if (is_number)
                read_number_field(field, point);
            else if (point.exponential)
                read_exponential_field(field, point);
            else
                read_counts_field(field, kind, point);
        });
    }

    void read_number_field(ProtobufReader& field, OtlpPoint& point) {
        switch (field.number()) {
        case 4:
            point.value = field.float64();
            break;
        case 6:
            point.value = static_cast<double>(static_cast<std::int64_t>(field.fixed64()));
            break;
        case 7:
            return read_attribute(field.bytes(), point.attributes);
        case 8:
            point.has_no_value = (field.varint() & 1) != 0;
            break;
        default:
            break;
        }
    }

    void read_counts_field(ProtobufReader& field, OtlpKind kind, OtlpPoint& point) {
        const bool is_histogram = kind == OtlpKind::histogram;
        const std::uint32_t number = field.number();
        if (number == 4)
            point.count = field.fixed64();
        else if (number == 5)
            point.sum = field.float64();
        else if (number == 6 && is_histogram)
            read_fixed64s(field, [&](std::uint64_t bits) { point.buckets.push_back(bits); });
        else if (number == 6)
            read_quantile(field.bytes(), append(point.quantiles));
        else if (number == 7 && is_histogram)
            read_fixed64s(field,
                          [&](std::uint64_t bits) { point.bounds.push_back(as_double(bits)); });
        else if (number == (is_histogram ? 9u : 7u))
            read_attribute(field.bytes(), point.attributes);
        else if (number == (is_histogram ? 10u : 8u))
            point.has_no_value = (field.varint() & 1) != 0;
    }

    void read_exponential_field(ProtobufReader& field, OtlpPoint& point) {
        switch (field.number()) {
        case 1:
            return read_attribute(field.bytes(), point.attributes);
        case 4:
            point.count = field.fixed64();
            break;
        case 5:
            point.sum = field.float64();
            break;
        case 6:
            point.exponential->scale = to_sint32(field.varint());
            break;
        case 7:
            point.exponential->zero_count = field.fixed64();
            break;
        case 8:
            return read_buckets(field.bytes(), point.exponential->above);
        case 9:
            return read_buckets(field.bytes(), point.exponential->below);
        case 10:
            point.has_no_value = (field.varint() & 1) != 0;
            break;
        case 14:
            point.exponential->zero_threshold = field.float64();
            break;
        default:
            break;
        }
    }

    void read_buckets(BytesView message, OtlpBuckets& buckets) {
        read(message, [&](ProtobufReader& field) {
            if (field.number() == 1)
                buckets.offset = to_sint32(field.varint());
            else if (field.number() == 2)
                read_varints(field, [&](std::uint64_t count) {
                    if (ok_)
                        append(buckets.counts) = count;
                });
        });
    }

    void read_quantile(BytesView message, std::pair<double, double>& quantile) {
        read(message, [&](ProtobufReader& field) {
            if (field.number() == 1)
                quantile.first = field.float64();
            else if (field.number() == 2)
                quantile.second = field.float64();
        });
    }

    void read_attribute(BytesView message, std::vector<OtlpAttribute>& into) {
        OtlpAttribute attribute;
        bool has_text = false;
        read(message, [&](ProtobufReader& field) {
            if (field.number() == 1)
                attribute.name = field.text();
            else if (field.number() == 2)
                has_text = read_any(field.bytes(), attribute.value);
        });
        if (has_text)
            append(into) = std::move(attribute);
    }

    bool read_any(BytesView message, std::string& out) {
        bool has_text = false;
        read(message, [&](ProtobufReader& field) {
            has_text = true;
            switch (field.number()) {
            case 1:
                out = field.text();
                break;
            case 2:
                out = field.varint() != 0 ? "true" : "false";
                break;
            case 3:
                out = std::to_string(field.int64());
                break;
            case 4:
                out = to_text(field.float64());
                break;
            case 7:
                out = to_base64(field.bytes());
                break;
            default:
                has_text = false;
            }
        });
        return has_text;
    }

    std::size_t parts_ = 0;
    bool ok_ = true;
};

} // namespace

Result<std::vector<OtlpResource>> parse_otlp_metrics(BytesView message) {
    return Parser().parse(message);
}

} // namespace atalaya::wire
