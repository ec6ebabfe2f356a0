#include "modules/metrics/export_form.hpp"

#include "base/text.hpp"
#include "base/time.hpp"
#include "modules/metrics/answer.hpp"
#include "shape/engine.hpp"
#include "shape/json.hpp"

#include <algorithm>

namespace atalaya::metrics {
namespace {

void append_value_or_stale(std::string& out, double value) {
    if (is_stale(value))
        out += "stale";
    else
        append_number(out, value);
}

/// The answer of `query` to a range selector.
class JsonForm final : public ExportForm {
  public:
    std::string_view media() const override { return "application/json"; }
    std::string_view file_name() const override { return "metrics.json"; }

    void begin(std::string& out) override {
        out += R"({"status":"success","data":{"resultType":"matrix","result":[)";
    }
    void begin_series(std::string& out, const Labels& labels) override {
        out += is_in_series_ ? "]},\n{\"metric\":" : "\n{\"metric\":";
        append_labels(out, labels);
        out += ",\"values\":[";
        is_in_series_ = true;
        is_first_sample_ = true;
    }
    void add(std::string& out, const Sample& sample) override {
        out += is_first_sample_ ? "[" : ",[";
        append_time(out, sample.time_ms);
        out += ",\"";
        append_value_or_stale(out, sample.value);
        out += "\"]";
        is_first_sample_ = false;
    }
    void end(std::string& out) override { out += is_in_series_ ? "]}\n]}}\n" : "]}}\n"; }

  private:
    bool is_in_series_ = false;
    bool is_first_sample_ = true;
};

/// RFC 4180; the labels other than the metric's name as JSON.
class CsvForm final : public ExportForm {
  public:
    std::string_view media() const override { return "text/csv; charset=utf-8; header=present"; }
    std::string_view file_name() const override { return "metrics.csv"; }

    void begin(std::string& out) override { out += "metric,labels,time,value\r\n"; }
    void begin_series(std::string&, const Labels& labels) override {
        Labels rest = labels;
        std::erase_if(rest, [](const Label& label) { return label.name == metric_name_label; });
        std::string json;
        append_labels(json, rest);
        series_ = shape::csv_cell(label_value(labels, metric_name_label), true) + "," +
                  shape::csv_cell(json, true) + ",";
    }
    void add(std::string& out, const Sample& sample) override {
        out += series_;
        out += to_rfc3339({sample.time_ms * 1000});
        out += ',';
        append_value_or_stale(out, sample.value);
        out += "\r\n";
    }
    void end(std::string&) override {}

  private:
    std::string series_; ///< what each of its lines begins with
};

/// OpenMetrics 1.0. Names that it does not know are in quotes among the labels, as Prometheus 3 has
/// them. That a series ended cannot be said.
class OpenMetricsForm final : public ExportForm {
  public:
    std::string_view media() const override {
        return "application/openmetrics-text; version=1.0.0; charset=utf-8";
    }
    std::string_view file_name() const override { return "metrics.openmetrics"; }
    std::string find_fault(const Labels& labels) const override {
        return label_value(labels, metric_name_label).empty()
                   ? "OpenMetrics has no form for a series whose metric has no name"
                   : "";
    }

    void begin(std::string&) override {}
    void begin_series(std::string&, const Labels& labels) override {
        const std::string_view name = label_value(labels, metric_name_label);
        const bool is_plain = is_name(name, ":");
        series_ = is_plain ? std::string(name) + "{" : "{" + quote(name);
        for (const Label& label : labels) {
            if (label.name == metric_name_label)
                continue;
            if (series_.back() != '{')
                series_ += ',';
            series_ += is_name(label.name, "") ? label.name : quote(label.name);
            series_ += "=" + quote(label.value);
        }
        series_ += "} ";
    }
    void add(std::string& out, const Sample& sample) override {
        if (is_stale(sample.value))
            return;
        out += series_;
        append_number(out, sample.value);
        out += ' ';
        append_time(out, sample.time_ms);
        out += '\n';
    }
    void end(std::string& out) override { out += "# EOF\n"; }

  private:
    static bool is_name(std::string_view text, std::string_view more) {
        const auto is_letter = [&](char c) {
            return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' ||
                   more.find(c) != more.npos;
        };
        return !text.empty() && is_letter(text.front()) && std::ranges::all_of(text, [&](char c) {
            return is_letter(c) || (c >= '0' && c <= '9');
        });
    }
    static std::string quote(std::string_view text) {
        std::string out = "\"";
        for (const char c : text) {
            if (c == '\\' || c == '"')
                out += '\\';
            if (c == '\n')
                out += "\\n";
            else
                out += c;
        }
        return out + '"';
    }

    std::string series_; ///< what each of its lines begins with
};

} // namespace

std::unique_ptr<ExportForm> find_export_form(std::string_view name) {
    if (name == "json")
        return std::make_unique<JsonForm>();
    if (name == "csv")
        return std::make_unique<CsvForm>();
    if (name == "openmetrics")
        return std::make_unique<OpenMetricsForm>();
    return nullptr;
}

} // namespace atalaya::metrics
