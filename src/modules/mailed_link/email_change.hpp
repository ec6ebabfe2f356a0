// A new address for an account: the old and the new one must both confirm. Handlers.
#pragma once

#include "modules/mailed_link/shapes.hpp"

namespace atalaya::mailed_link {

Accepted ask_for_email(api::SlowCall& call, const NewEmail& in);
EmailConfirmed confirm_email(api::SlowCall& call, const EmailToken& in);

} // namespace atalaya::mailed_link
