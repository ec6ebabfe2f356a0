#include "modules/metrics/otlp_series.hpp"

#include "modules/metrics/answer.hpp"
#include "modules/metrics/otlp_buckets.hpp"
#include "modules/metrics/otlp_names.hpp"

#include <algorithm>
#include <limits>
#include <map>

namespace atalaya::metrics {
namespace {

using wire::OtlpKind;
using wire::OtlpPoint;

/// By name. Of two attributes that become one label, both values count.
using LabelMap = std::map<std::string, std::string>;

void add_attributes(LabelMap& labels, const std::vector<wire::OtlpAttribute>& attributes) {
    for (const wire::OtlpAttribute& attribute : attributes) {
        std::string& value = labels[make_label_name(attribute.name)];
        value += (value.empty() ? "" : ";") + attribute.value;
    }
}

std::string number_text(double value) {
    std::string out;
    append_number(out, value);
    return out;
}

std::int64_t to_ms(std::uint64_t time_ns) { return static_cast<std::int64_t>(time_ns / 1'000'000); }

/// The series of one resource.
class Maker {
  public:
    Maker(const wire::OtlpResource& resource, OtlpSamples& out) : out_(out) {
        std::string service, space;
        for (const wire::OtlpAttribute& attribute : resource.attributes) {
            if (attribute.name == "service.name")
                service = attribute.value;
            else if (attribute.name == "service.namespace")
                space = attribute.value;
            else if (attribute.name == "service.instance.id")
                place_["instance"] = attribute.value;
            else
                others_.push_back(attribute);
        }
        if (!service.empty())
            place_["job"] = space.empty() ? service : space + "/" + service;
    }

    /// Makes the points of exponential histograms explicit ones.
    void add(wire::OtlpMetric& metric) {
        const std::string name = make_metric_name(metric);
        const bool is_exponential = metric.kind == OtlpKind::exponential_histogram;
        const bool accumulates =
            is_exponential || metric.kind == OtlpKind::sum || metric.kind == OtlpKind::histogram;
        is_delta_ = accumulates && metric.temporality == wire::OtlpTemporality::delta;
        for (OtlpPoint& point : metric.points) {
            if (name.empty())
                refuse("a metric without a name");
            else if (accumulates && !is_delta_ &&
                     metric.temporality != wire::OtlpTemporality::cumulative)
                refuse(name + " does not say of which temporality it is");
            else if (is_exponential && is_delta_)
                refuse("an exponential histogram of delta temporality: " + name);
            else if (is_exponential && !make_explicit(point))
                refuse("an exponential histogram with too many buckets: " + name);
            else
                add_point(name, is_exponential ? OtlpKind::histogram : metric.kind, point);
        }
        is_delta_ = false;
    }

    /// What else is known of the resource, as long as somebody can tell whose it is.
    void finish() {
        if (place_.empty() || others_.empty() || latest_ms_ == 0)
            return;
        LabelMap labels;
        add_attributes(labels, others_);
        put("target_info", std::move(labels), latest_ms_, 1);
    }

  private:
    void refuse(std::string why) {
        if (out_.refused_points++ == 0)
            out_.first_refusal = std::move(why);
    }

    void add_point(const std::string& name, OtlpKind kind, const OtlpPoint& point) {
        const bool is_histogram = kind == OtlpKind::histogram;
        if (is_histogram && point.buckets.size() != point.bounds.size() + 1 &&
            !(point.buckets.empty() && point.bounds.empty()))
            return refuse("the buckets of " + name + " do not fit their bounds");
        LabelMap labels;
        add_attributes(labels, point.attributes);
        const std::int64_t time_ms = to_ms(point.time_ns);
        latest_ms_ = std::max(latest_ms_, time_ms);
        const auto value = [&](double known) { return point.has_no_value ? stale_value() : known; };
        if (kind == OtlpKind::gauge || kind == OtlpKind::sum)
            return put(name, std::move(labels), time_ms, value(point.value));
        for (const auto& [quantile, known] : point.quantiles)
            put_with(name, labels, "quantile", number_text(quantile), time_ms, value(known));
        if (is_histogram)
            add_buckets(name, labels, point, value);
        if (point.sum)
            put(name + "_sum", labels, time_ms, value(*point.sum));
        put(name + "_count", std::move(labels), time_ms, value(static_cast<double>(point.count)));
    }

    template <class ValueOf>
    void add_buckets(const std::string& name, const LabelMap& labels, const OtlpPoint& point,
                     const ValueOf& value) {
        const std::int64_t time_ms = to_ms(point.time_ns);
        std::uint64_t below = 0;
        for (std::size_t i = 0; i < point.bounds.size(); ++i) {
            below += point.buckets[i];
            put_with(name + "_bucket", labels, "le", number_text(point.bounds[i]), time_ms,
                     value(static_cast<double>(below)));
        }
        put_with(name + "_bucket", labels, "le", "+Inf", time_ms,
                 value(static_cast<double>(point.count)));
    }

    void put_with(const std::string& name, LabelMap labels, const std::string& label,
                  const std::string& text, std::int64_t time_ms, double value) {
        labels[label] = text;
        put(name, std::move(labels), time_ms, value);
    }
    void put(const std::string& name, LabelMap labels, std::int64_t time_ms, double value) {
        for (const auto& [label, text] : place_)
            labels[label] = text;
        labels[std::string(metric_name_label)] = name;
        OtlpSample& made = out_.samples.emplace_back();
        made.sample = {time_ms, value};
        made.is_delta = is_delta_;
        for (auto& [label, text] : labels) {
            if (!text.empty())
                made.labels.push_back({label, std::move(text)});
        }
    }

    OtlpSamples& out_;
    LabelMap place_; ///< job and instance
    std::vector<wire::OtlpAttribute> others_;
    std::int64_t latest_ms_ = 0;
    bool is_delta_ = false; ///< of the metric that is being added
};

} // namespace

OtlpSamples make_samples(std::vector<wire::OtlpResource> resources) {
    OtlpSamples out;
    for (wire::OtlpResource& resource : resources) {
        Maker maker(resource, out);
        for (wire::OtlpMetric& metric : resource.metrics)
            maker.add(metric);
        maker.finish();
    }
    return out;
}

} // namespace atalaya::metrics
