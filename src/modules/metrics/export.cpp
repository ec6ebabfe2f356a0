#include "modules/metrics/export.hpp"

#include "api/downloads.hpp"
#include "base/problems.hpp"
#include "modules/metrics/export_form.hpp"
#include "modules/metrics/inputs.hpp"
#include "telemetry/series_store.hpp"

#include <algorithm>
#include <map>
#include <tuple>

namespace atalaya::metrics {
namespace {

using telemetry::LabelsPtr;

constexpr std::size_t piece_bytes = 128 * 1024;
/// About so many samples are held at once, 16 bytes each; how many days of how many series these
/// are is learned while reading.
constexpr std::size_t samples_at_once = 100'000;
constexpr std::size_t days_at_once_max = 4'096;
constexpr std::int64_t day_ms = 86'400'000;

struct Wanted {
    LabelsPtr labels;
    promql::TimeRange range; ///< where it has samples, as far as they are asked for

    std::size_t days() const {
        return static_cast<std::size_t>((range.to_ms - range.from_ms) / day_ms + 1);
    }
};

/// Goes from series to series, some days of some series at a time.
class Export {
  public:
    Export(api::Services& services, const api::Incoming& incoming, std::vector<Wanted> wanted,
           std::unique_ptr<ExportForm> form)
        : services_(services),
          incoming_(incoming),
          wanted_(std::move(wanted)),
          form_(std::move(form)) {}

    bool append_piece(std::string& piece) {
        if (!begun_)
            form_->begin(piece);
        begun_ = true;
        while (piece.size() < piece_bytes) {
            if (at_ < held_.size()) {
                append_sample(piece);
            } else if (next_ < wanted_.size()) {
                read_some();
            } else {
                form_->end(piece);
                return false;
            }
        }
        return true;
    }

  private:
    struct Held {
        LabelsPtr labels;
        telemetry::Points points;
    };

    void append_sample(std::string& piece) {
        const Held& held = held_[at_];
        if (sample_ == held.points.size()) {
            ++at_;
            sample_ = 0;
            return;
        }
        if (open_ != held.labels) {
            form_->begin_series(piece, *held.labels);
            open_ = held.labels;
        }
        form_->add(piece, {held.points.times_ms[sample_], held.points.values[sample_]});
        ++sample_;
    }

    void read_some() {
        std::vector<LabelsPtr> series{wanted_[next_].labels};
        promql::TimeRange range = wanted_[next_].range;
        std::size_t days = wanted_[next_].days();
        if (days > days_at_once_) {
            range.to_ms = range.from_ms + static_cast<std::int64_t>(days_at_once_) * day_ms - 1;
            wanted_[next_].range.from_ms = range.to_ms + 1;
        } else {
            for (++next_; next_ < wanted_.size(); ++next_) {
                const Wanted& more = wanted_[next_];
                days += more.days();
                if (days > days_at_once_)
                    break;
                series.push_back(more.labels);
                range.from_ms = std::min(range.from_ms, more.range.from_ms);
                range.to_ms = std::max(range.to_ms, more.range.to_ms);
            }
        }
        hold(series, read(series, range));
    }
    std::vector<telemetry::Points> read(const std::vector<LabelsPtr>& series,
                                        promql::TimeRange range) {
        api::SlowCall call(services_, incoming_);
        const db::Scope scope{incoming_.path.id<TeamId>("team"), incoming_.caller.user};
        return call.transact(scope, {}, [&](api::Call& inner) {
            return services_.metrics.read(inner.tx, series, range);
        });
    }
    void hold(const std::vector<LabelsPtr>& series, std::vector<telemetry::Points> points) {
        std::size_t samples = 0;
        held_.clear();
        for (std::size_t i = 0; i < series.size(); ++i) {
            samples += points[i].size();
            held_.push_back({series[i], std::move(points[i])});
        }
        at_ = sample_ = 0;
        days_at_once_ = std::clamp<std::size_t>(days_at_once_ * samples_at_once /
                                                    std::max<std::size_t>(samples, 1),
                                                1, std::min(2 * days_at_once_, days_at_once_max));
    }

    api::Services& services_;
    const api::Incoming incoming_;
    std::vector<Wanted> wanted_;
    const std::unique_ptr<ExportForm> form_;
    std::size_t next_ = 0; ///< in wanted_: not read, or not to its end
    std::size_t days_at_once_ = 8;
    std::vector<Held> held_;
    std::size_t at_ = 0;     ///< in held_
    std::size_t sample_ = 0; ///< of that
    LabelsPtr open_;         ///< the series that was begun
    bool begun_ = false;
};

/// In the order of metrics, as OpenMetrics wants it; a series that several selectors accept comes
/// once.
std::vector<Wanted> list_wanted(api::Call& call, const Inputs& inputs, const ExportForm& form) {
    const promql::TimeRange range = inputs.range();
    const auto selectors = inputs.matchers();
    if (selectors.empty())
        throw Problem(problems::bad_request).detail("no match[] parameter provided");
    const auto precedes = [](const LabelsPtr& left, const LabelsPtr& right) {
        return std::forward_as_tuple(label_value(*left, metric_name_label), *left) <
               std::forward_as_tuple(label_value(*right, metric_name_label), *right);
    };
    std::map<LabelsPtr, promql::TimeRange, decltype(precedes)> found(precedes);
    for (const promql::Matchers& matchers : selectors) {
        call.services.metrics.list(
            call.tx, matchers, range, [&](const telemetry::ListedSeries& series) {
                if (const auto fault = form.find_fault(*series.labels); !fault.empty())
                    throw Problem(problems::bad_request)
                        .detail(std::string(fault) + ": choose another format, or a match[] "
                                                     "without it");
                found.try_emplace(series.labels, std::max(series.range.from_ms, range.from_ms),
                                  std::min(series.range.to_ms, range.to_ms));
            });
    }
    std::vector<Wanted> wanted;
    for (const auto& [labels, where] : found)
        wanted.push_back({labels, where});
    return wanted;
}

} // namespace

net::Response start_export(api::SlowCall& call) {
    const auto team = call.incoming.path.id<TeamId>("team");
    const db::Scope scope{team, call.caller().user};
    auto form = find_export_form(call.query().find_text("format").value_or(""));
    if (!form)
        throw Problem(problems::invalid).at("?format", "choice", "Use json, csv or openmetrics.");
    // First the event, then the reading: nothing leaves without being on the record.
    auto wanted = call.transact(scope, {team}, [&](api::Call& inner) {
        auto found = list_wanted(inner, Inputs(inner), *form);
        shape::Array wish;
        for (const auto& [name, value] : inner.query().values())
            wish.push_back(
                shape::json_object({{"field", name}, {"before", nullptr}, {"after", value}}));
        inner.record("metrics.export", "team", team, std::move(wish));
        return found;
    });
    net::Response response;
    response.headers.push_back({"Content-Type", std::string(form->media())});
    response.headers.push_back(
        {"Content-Disposition", "attachment; filename=\"" + std::string(form->file_name()) + "\""});
    const auto state =
        std::make_shared<Export>(call.services, call.incoming, std::move(wanted), std::move(form));
    response.stream = call.services.downloads.start(
        [state](std::string& piece) { return state->append_piece(piece); });
    return response;
}

} // namespace atalaya::metrics
