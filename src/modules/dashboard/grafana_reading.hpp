// What the files of the import share: reading members that may be anything, and the list of what is
// left out. Pure; any thread.
#pragma once

#include "modules/dashboard/grafana.hpp"

#include <map>

namespace atalaya::dashboard {

/// The first characters of a text in UTF-8.
std::string cut(std::string_view text, std::size_t length_max);
/// The member of that name; null for anything else.
const shape::Json& member_of(const shape::Json& json, std::string_view name);
/// A text, cut to so many characters; empty for anything else.
std::string text_of(const shape::Json& json, std::size_t length_max);
std::string text_of(const shape::Json& json, std::string_view name, std::size_t length_max);
bool flag_of(const shape::Json& json, std::string_view name);
/// A number, also one that is written as a text.
std::optional<double> number_of(const shape::Json& json, std::string_view name);
/// The same as a whole number, brought between the two.
std::int64_t integer_of(const shape::Json& json, std::string_view name, std::int64_t least,
                        std::int64_t greatest, std::int64_t otherwise);
/// The elements of an array; none for anything else.
const shape::Array& elements_of(const shape::Json& json, std::string_view name);

class LeftOutList {
  public:
    /// What follows is of this panel; empty: of the dashboard as a whole.
    void turn_to(std::string panel) { panel_ = std::move(panel); }
    void add(std::string_view what, std::string why);
    std::vector<LeftOut> take() &&;

  private:
    std::string panel_;
    std::vector<LeftOut> entries_;
    std::size_t beyond_ = 0;
};

/// Which data sources a document speaks of. Only those are known by kind that it describes itself.
class DataSources {
  public:
    explicit DataSources(const shape::Json& dashboard);
    /// The kind of a data source that is certainly no Prometheus; absent when it may be one.
    std::optional<std::string> find_foreign_kind(const shape::Json& source) const;

  private:
    std::map<std::string, std::string, std::less<>> kinds_; ///< by the variable's name
};

/// Puts the variables into `body`.
void convert_variables(const shape::Json& dashboard, const DataSources& sources, Body& body,
                       LeftOutList& left_out);

/// One panel without its place and id; absent when it is left out as a whole.
std::optional<Panel> convert_panel(const shape::Json& panel, const DataSources& sources,
                                   LeftOutList& left_out);
/// What values mean: unit, digits, bounds, thresholds, legend, stacking.
void convert_look(const shape::Json& source, Panel& panel, LeftOutList& left_out);

} // namespace atalaya::dashboard
