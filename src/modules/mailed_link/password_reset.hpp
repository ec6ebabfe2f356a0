// A forgotten password. Handlers.
#pragma once

#include "api/idempotency.hpp"
#include "modules/mailed_link/shapes.hpp"

namespace atalaya::mailed_link {

Accepted forgot_password(api::SlowCall& call, const ForgottenPassword& in);
api::NoContent reset_password(api::SlowCall& call, const NewPassword& in);

} // namespace atalaya::mailed_link
