// How exported samples are written: as JSON, as CSV, or as OpenMetrics, series by series and each
// at once, so that the length of an export costs no memory.
//
// Pure; a form is for one export on one thread. Numbers are the shortest that mean the very value.
// All NaN are written alike, but for the one that says that a series ended: `stale`.
#pragma once

#include "base/series.hpp"

#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace atalaya::metrics {

class ExportForm {
  public:
    virtual ~ExportForm() = default;

    virtual std::string_view media() const = 0;
    virtual std::string_view file_name() const = 0;
    /// Why a series cannot be written in this form; empty when it can.
    virtual std::string find_fault(const Labels&) const { return {}; }

    virtual void begin(std::string& out) = 0;
    /// The samples that follow are of this series. Each series comes once.
    virtual void begin_series(std::string& out, const Labels& labels) = 0;
    virtual void add(std::string& out, const Sample& sample) = 0;
    virtual void end(std::string& out) = 0;
};

/// `json`, `csv` or `openmetrics`; null for any other name.
std::unique_ptr<ExportForm> find_export_form(std::string_view name);

} // namespace atalaya::metrics
