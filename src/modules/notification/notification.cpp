#include "modules/notification/notification.hpp"

#include "notification_sql.hpp"
#include "shape/complete.hpp"

namespace atalaya::notification {

struct Template {
    std::string id;
    std::string occasion;
    std::string channel;
    std::string subject;
    std::string body;
};

namespace {

using shape::field;

constexpr std::array template_fields{
    field<&Template::id>("id", "Occasion and channel."),
    field<&Template::occasion>("occasion", "When it is sent."),
    field<&Template::channel>("channel", "mail or page."),
    field<&Template::subject>("subject", "The first line."),
    field<&Template::body>("body", "The text; {name} stands for what the occasion knows."),
};
static_assert(shape::names_every_member<Template>(template_fields));

} // namespace
} // namespace atalaya::notification

namespace atalaya::shape {
template <>
struct Described<notification::Template> {
    static const Shape shape;
};
const Shape Described<notification::Template>::shape{"NotificationTemplate",
                                                     notification::template_fields};
} // namespace atalaya::shape

namespace atalaya::notification {
namespace {

constexpr api::Listing listing{{"id", "occasion"}, "id", {"occasion", "channel"}};

api::Page<Template> list_templates(api::Call& call) {
    std::vector<Template> templates;
    for (const db::Row row : call.tx.query(sql::notification::list_templates)) {
        templates.push_back({row.get<std::string>("id"), row.get<std::string>("occasion"),
                             row.get<std::string>("channel"), row.get<std::string>("subject"),
                             row.get<std::string>("body")});
    }
    return api::list_from(templates, call.query(), listing);
}

constexpr std::array table{
    api::endpoint<list_templates>(api::Verb::get, "/notification-templates",
                                  api::Audience::signed_in, std::nullopt,
                                  "The words of the system's own notifications, the same for all.")
        .with_listing(listing),
};

} // namespace

std::span<const api::Endpoint> endpoints() { return table; }

} // namespace atalaya::notification
