#include "modules/single_sign_on/views.hpp"

#include "shape/complete.hpp"

namespace atalaya::single_sign_on {
namespace {

using shape::field;
using shape::length;
using shape::names_every_member;

constexpr std::array draft_fields{
    field<&ConnectionDraft::settings>("settings", "The whole of it."),
    field<&ConnectionDraft::client_secret>("client_secret",
                                           "Ours, at the provider; never shown again. Null: as it "
                                           "was, or none for a new provider; empty: none.",
                                           length(0, 1000)),
};
static_assert(names_every_member<ConnectionDraft>(draft_fields));

constexpr std::array view_fields{
    field<&ConnectionView::redirect_uri>("redirect_uri", "What the provider must be told of us."),
    field<&ConnectionView::start_url>("start_url", "The link by which members sign in."),
    field<&ConnectionView::settings>("settings", "As they stand; null: none is set up."),
    field<&ConnectionView::has_secret>("has_secret", "Whether we have a secret at the provider."),
    field<&ConnectionView::revision>("revision", "Grows with every change; 0: none is set up."),
    field<&ConnectionView::updated_at>("updated_at", "When it was last changed."),
};
static_assert(names_every_member<ConnectionView>(view_fields));

constexpr std::array entry_fields{
    field<&Entry::email>("email", "Of whoever wants in: its domain leads to the provider.",
                         length(1, 254)),
    field<&Entry::team>("team", "Whose provider is meant.", length(1, 36)),
    field<&Entry::remember>("remember", "Whether the session outlives the browser."),
    field<&Entry::fresh>("fresh", "Whether the provider is to ask for a new proof."),
};
static_assert(names_every_member<Entry>(entry_fields));

constexpr std::array link_fields{
    field<&Link::team>("team", "Whose provider is meant; null: the installation's.", length(1, 36)),
};
static_assert(names_every_member<Link>(link_fields));

constexpr std::array location_fields{
    field<&Location::location>("location", "Where to send the browser."),
};
static_assert(names_every_member<Location>(location_fields));

} // namespace
} // namespace atalaya::single_sign_on

namespace atalaya::shape {
using namespace single_sign_on;
const Shape Described<ConnectionDraft>::shape{"SsoDraft", draft_fields};
const Shape Described<ConnectionView>::shape{"SsoConnection", view_fields};
const Shape Described<Entry>::shape{"SsoEntry", entry_fields};
const Shape Described<Link>::shape{"SsoLink", link_fields};
const Shape Described<Location>::shape{"SsoLocation", location_fields};
} // namespace atalaya::shape
