#include "modules/mailed_link/shapes.hpp"

#include "shape/complete.hpp"

namespace atalaya::mailed_link {
namespace {

using shape::field;
using shape::length;
using shape::names_every_member;

constexpr std::array forgotten_fields{
    field<&ForgottenPassword::email>("email", "The address of the account.", length(1, 254)),
};
static_assert(names_every_member<ForgottenPassword>(forgotten_fields));

constexpr std::array new_password_fields{
    field<&NewPassword::token>("token", "What stands behind the # of the link.", length(1, 200)),
    field<&NewPassword::new_password>("new", "The new password.", length(1, 1024)),
};
static_assert(names_every_member<NewPassword>(new_password_fields));

constexpr std::array new_email_fields{
    field<&NewEmail::email>("email", "The new address.", shape::email_address()),
    field<&NewEmail::password>("password", "Your password.", length(1, 1024)),
};
static_assert(names_every_member<NewEmail>(new_email_fields));

constexpr std::array token_fields{
    field<&EmailToken::token>("token", "What stands behind the # of the link.", length(1, 200)),
};
static_assert(names_every_member<EmailToken>(token_fields));

constexpr std::array confirmed_fields{
    field<&EmailConfirmed::done>("done", "Whether both addresses have confirmed, and the account "
                                         "has the new one."),
};
static_assert(names_every_member<EmailConfirmed>(confirmed_fields));

} // namespace
} // namespace atalaya::mailed_link

namespace atalaya::shape {
using namespace mailed_link;
const Shape Described<ForgottenPassword>::shape{"ForgottenPassword", forgotten_fields};
const Shape Described<NewPassword>::shape{"NewPassword", new_password_fields};
const Shape Described<NewEmail>::shape{"NewEmail", new_email_fields};
const Shape Described<EmailToken>::shape{"EmailToken", token_fields};
const Shape Described<EmailConfirmed>::shape{"EmailConfirmed", confirmed_fields};
} // namespace atalaya::shape
